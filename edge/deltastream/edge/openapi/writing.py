"""Writes documents that are generated from the contract, or says that they have changed."""

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import orjson
from google.protobuf.descriptor import ServiceDescriptor

from deltastream.edge.contract import SERVICES
from deltastream.edge.openapi.comments import ProtocError, comments_of, compile_contract

DocumentOf = Callable[[Sequence[ServiceDescriptor], Mapping[str, str]], dict[str, Any]]
"""Makes a document from the services and the contract's comments."""

_CHECKOUT: Final = Path(__file__).parents[4]
_DRIFTED: Final = 1


def write_document(document_of: DocumentOf, *, folder: str, arguments: list[str] | None) -> int:
    """Write a document, or say whether its file is what would be written; return an exit status.

    Args:
        document_of: makes it.
        folder: inside gen/, where its file is unless the arguments say otherwise.
        arguments: of the command line; None for this process's own.
    """
    options = _options(folder, arguments)
    try:
        text = document_text(document_of, proto=options.proto, third_party=options.third_party)
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


def document_text(document_of: DocumentOf, *, proto: Path, third_party: Path) -> bytes:
    """Return a document as its file holds it.

    Raises:
        ProtocError: the contract does not compile.
    """
    comments = comments_of(compile_contract(proto, third_party))
    document = document_of(SERVICES, comments)
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _options(folder: str, arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog=f"deltastream.edge.{folder}")
    parser.add_argument(
        "path", nargs="?", type=Path, default=_CHECKOUT / "gen" / folder / "deltastream.json"
    )
    parser.add_argument("--check", action="store_true", help="fail if the file would change")
    parser.add_argument("--proto", type=Path, default=_CHECKOUT / "proto")
    parser.add_argument("--third-party", type=Path, default=_CHECKOUT / "third_party")
    return parser.parse_args(arguments)
