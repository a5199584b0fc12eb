"""The chain's screen, as far as states are seen on it."""

from dataclasses import dataclass

from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True, slots=True)
class ChainScreen:
    """The option chain of a page."""

    page: Page

    @property
    def table(self) -> Locator:
        """The mirrored table."""
        return self.page.locator("ds-chain-grid [role=grid]")

    @property
    def strikes(self) -> Locator:
        """The figure of every strike."""
        return self.table.locator(".body [role=rowheader] b")

    @property
    def skeleton(self) -> Locator:
        """Rows that stand in for those to come."""
        return self.table.locator("[role=row].skeleton")

    @property
    def dimmed(self) -> Locator:
        """The figures, where they are shown as old ones."""
        return self.page.locator("ds-option-chain .content.dimmed")

    @property
    def notice(self) -> Locator:
        """What is said instead of figures."""
        return self.page.locator("main .notice")

    def cell(self, column: str) -> Locator:
        """The call's figure in a column, at the strike at the money."""
        return self.table.locator(f".body .row.atm .call.{column}")

    def stat(self, name: str) -> Locator:
        """A figure above the table, by its name."""
        return self.page.locator("ds-chain-stats dl > div").filter(
            has=self.page.locator("dt", has_text=name)
        )

    async def figures(self) -> list[str]:
        """Return the text of every cell."""
        return await self.table.locator(".body [role=gridcell]").all_inner_texts()

    async def changes(self) -> None:
        """Wait until any figure is another one."""
        before = await self.figures()
        await self.page.wait_for_function(
            """(before) => {
                const grid = document.querySelector('ds-app').shadowRoot
                    .querySelector('ds-option-chain').shadowRoot.querySelector('ds-chain-grid');
                const cells = [...grid.shadowRoot.querySelectorAll('.body [role=gridcell]')];
                return cells.map((cell) => cell.innerText).join() !== before;
            }""",
            arg=",".join(before),
        )

    async def is_there(self) -> None:
        """Wait until there are figures."""
        await expect(self.table).to_have_attribute("aria-busy", "false")
        await expect(self.strikes.first).to_be_visible()
