"""The ways to say who is calling."""

from typing import Any, Final

_SCHEMES: Final = {
    "bearerAuth": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": (
            "An access token from /api/auth/login. A mesh on loopback may allow reading without "
            "one."
        ),
    },
    "apiKeyAuth": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Api-Key",
        "description": "An API key from /api/auth/api-keys, for programs.",
    },
}


def security_schemes() -> dict[str, Any]:
    """Return the ways to authenticate, by name."""
    return {**_SCHEMES}


def security_requirements() -> list[dict[str, list[str]]]:
    """Return what a method that is not public wants: any one of the ways."""
    return [{name: []} for name in _SCHEMES]
