"""Writes the OpenAPI document: `python -m deltastream.edge.openapi [PATH] [--check]`."""

import sys

from deltastream.edge.openapi.document import document_of
from deltastream.edge.openapi.writing import write_document


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or say whether it is what would be written; return an exit status."""
    return write_document(document_of, folder="openapi", arguments=arguments)


if __name__ == "__main__":
    sys.exit(main())
