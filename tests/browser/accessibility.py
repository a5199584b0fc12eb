"""What axe finds wrong with a page."""

from typing import Any, Final

from playwright.async_api import Locator, Page
from tests.browser.asked_for import AXE

_RULES: Final = (
    "wcag2a",
    "wcag2aa",
    "wcag21a",
    "wcag21aa",
    "wcag22aa",
    "best-practice",
)
_RUN: Final = """
async (element, tags) => (await axe.run(element, { runOnly: { type: 'tag', values: tags } }))
"""


async def violations(page: Page, *, within: Locator | None = None) -> list[str]:
    """Return a line for every element that breaks a rule; none is as it should be.

    Args:
        page: the page.
        within: judge this alone, as behind a dialog nothing can be reached; None judges the page.
    """
    # Not as a script element: the page's policy would not have it.
    await page.evaluate(AXE.read_text(encoding="utf-8"))
    judged = within or page.locator("html")
    result: dict[str, Any] = await judged.evaluate(_RUN, list(_RULES))
    assert result["passes"], "axe has looked at nothing"
    return [
        f"{violation['id']}: {node['target']}: {node['failureSummary']}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]
