"""What opens above a screen, and how."""

from dataclasses import dataclass
from typing import Final

import pytest
from playwright.async_api import Locator, Page, expect


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialog:
    """A dialog of the chain's page.

    Attributes:
        name: by which it is announced.
        button: what is pressed to open it: its name.
    """

    name: str
    button: str

    async def opened(self, page: Page) -> Locator:
        """Open it, and return it."""
        await page.get_by_role("button", name=self.button, exact=True).click()
        dialog = page.get_by_role("dialog", name=self.name, exact=True)
        await expect(dialog).to_be_visible()
        return dialog


DIALOGS: Final = (
    Dialog(name="Help", button="Help"),
    Dialog(name="Settings", button="Settings"),
    Dialog(name="Find a product", button="Find a product"),
    Dialog(name="Columns", button="Columns"),
    Dialog(name="Account", button="Sign in"),
)

every_dialog = pytest.mark.parametrize(
    "dialog", [pytest.param(dialog, id=dialog.name) for dialog in DIALOGS]
)
