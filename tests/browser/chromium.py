"""Debian's Chromium, without a window."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from playwright.async_api import Browser, async_playwright, expect
from tests.browser.asked_for import CHROMIUM

PATIENCE_SECONDS: Final = 20.0
"""How long a page may take to show what it has been told: the machine does other things too."""

# Text looks the same on every machine that has the fonts.
_SWITCHES: Final = ("--disable-gpu", "--disable-lcd-text", "--font-render-hinting=none")


@asynccontextmanager
async def running_chromium(*switches: str) -> AsyncIterator[Browser]:
    """Run one browser; every page in it is given a context of its own by who opens it."""
    expect.set_options(timeout=PATIENCE_SECONDS * 1000)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=CHROMIUM, args=[*_SWITCHES, *switches]
        )
        try:
            yield browser
        finally:
            await browser.close()
