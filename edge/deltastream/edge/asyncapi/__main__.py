"""Writes the AsyncAPI document: `python -m deltastream.edge.asyncapi [PATH] [--check]`."""

import sys

from deltastream.edge.asyncapi.document import document_of
from deltastream.edge.openapi.writing import write_document


def main(arguments: list[str] | None = None) -> int:
    """Write the document, or say whether it is what would be written; return an exit status."""
    return write_document(document_of, folder="asyncapi", arguments=arguments)


if __name__ == "__main__":
    sys.exit(main())
