"""The list of wanted differences as docs/rest-parity.md shows it."""

import sys
from collections.abc import Iterable

from tests.gateway.wanted_differences import WANTED, WantedDifference


def documented(differences: Iterable[WantedDifference]) -> str:
    """Return the list in Markdown."""
    return "\n".join(
        f"**{wanted.name}**: the edge {wanted.edge}; a grpc-gateway {wanted.gateway}."
        f" Why: {wanted.reason}.\n"
        for wanted in differences
    )


if __name__ == "__main__":
    sys.stdout.write(documented(WANTED))
