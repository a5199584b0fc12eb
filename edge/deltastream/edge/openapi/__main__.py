"""Writes the OpenAPI document: `python -m deltastream.edge.openapi [PATH] [--check]`."""

import argparse
import sys
from pathlib import Path
from typing import Final

import orjson

from deltastream.edge.contract import SERVICES
from deltastream.edge.openapi.comments import ProtocError, comments_of, compile_contract
from deltastream.edge.openapi.document import document_of

_CHECKOUT: Final = Path(__file__).parents[4]
_DRIFTED: Final = 1


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or say whether it is what would be written; return an exit status."""
    options = _options(arguments)
    try:
        text = document_text(proto=options.proto, third_party=options.third_party)
    except ProtocError as error:
        sys.stderr.write(f"{error}\n")
        return _DRIFTED
    if not options.check:
        options.path.parent.mkdir(parents=True, exist_ok=True)
        options.path.write_bytes(text)
        return 0
    if options.path.is_file() and options.path.read_bytes() == text:
        return 0
    sys.stderr.write(f"{options.path} is not what the contract says: run `make gen`\n")
    return _DRIFTED


def document_text(*, proto: Path, third_party: Path) -> bytes:
    """Return the document as the file holds it.

    Raises:
        ProtocError: the contract does not compile.
    """
    comments = comments_of(compile_contract(proto, third_party))
    document = document_of(SERVICES, comments)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="deltastream.edge.openapi", description=main.__doc__)
    parser.add_argument(
        "path", nargs="?", type=Path, default=_CHECKOUT / "gen" / "openapi" / "deltastream.json"
    )
    parser.add_argument("--check", action="store_true", help="fail if the file would change")
    parser.add_argument("--proto", type=Path, default=_CHECKOUT / "proto")
    parser.add_argument("--third-party", type=Path, default=_CHECKOUT / "third_party")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
