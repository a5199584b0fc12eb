"""Chains as JSON, a line each."""

from google.protobuf.json_format import MessageToJson

from deltastream.domain.events import EnrichedChain
from deltastream.domain.instruments import Product
from deltastream.runtime.codec.chains import encode_enriched


class JsonLines:
    """Writes each chain as one line of proto JSON, with the field names of the contract.

    It is the JSON that the mesh serves over HTTP: a figure that is absent is left out, a total of
    0 and an empty list are not.
    """

    def head(self) -> str:
        """Return nothing: every line stands for itself."""
        return ""

    def chain(self, enriched: EnrichedChain, product: Product) -> str:  # noqa: ARG002 - Format's
        """Return a line."""
        text = MessageToJson(
            encode_enriched(enriched),
            indent=None,
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
        )
        return f"{text}\n"
