"""Signing in, as visitors of a dashboard do it and as programs do."""

from typing import Final

import aiohttp
from playwright.async_api import Locator, expect
from tests.browser.visit import Visit

REFUSALS: Final = (
    r"answered 40[01]: .*/(api|socket\.io)/",
    r"Failed to load resource.* 40[01]",
    r"WebSocket connection to .* failed",
)
"""What a browser says by itself of requests that are refused."""

_PASSWORD: Final = "correct horse battery"  # noqa: S105 - a test's


def address_of(name: str) -> str:
    """Return the e-mail address of somebody."""
    return f"{name}@example.com"


def form_in_place(visitor: Visit) -> Locator:
    """Return where somebody signs in, in the place of figures."""
    return visitor.page.locator("main ds-sign-in")


async def register(visitor: Visit, form: Locator, name: str) -> None:
    """Make an account, and be signed in to it."""
    await form.get_by_role("button", name="Create an account").click()
    await form.get_by_label("E-mail address").fill(address_of(name))
    await form.get_by_label("Name (optional)").fill(name)
    await form.get_by_label("Password", exact=True).fill(_PASSWORD)
    await visitor.page.keyboard.press("Enter")


async def sign_in(visitor: Visit, form: Locator, name: str, password: str = _PASSWORD) -> None:
    """Fill the form in, and send it."""
    await form.get_by_label("E-mail address").fill(address_of(name))
    await form.get_by_label("Password", exact=True).fill(password)
    await visitor.page.keyboard.press("Enter")


async def is_known(visitor: Visit, name: str) -> None:
    """Wait until the page says who is signed in."""
    await expect(visitor.page.get_by_role("button", name=f"Account of {name}")).to_be_visible()


async def end_sessions(origin: str, name: str) -> None:
    """Sign somebody out everywhere, from somewhere else."""
    async with aiohttp.ClientSession(origin, raise_for_status=True) as client:
        credentials = {"email": address_of(name), "password": _PASSWORD}
        async with client.post("/api/auth/login", json=credentials) as response:
            token = (await response.json())["token"]
        headers = {"Authorization": f"Bearer {token}"}
        async with client.post("/api/auth/sessions/end", json={}, headers=headers):
            pass
