"""JSON for programs: one line each, in the contract's words."""

import click
from google.protobuf.json_format import MessageToJson
from google.protobuf.message import Message


def print_line(message: Message) -> None:
    """Print a message as one line of canonical JSON with the contract's field names."""
    click.echo(
        MessageToJson(
            message,
            preserving_proto_field_name=True,
            always_print_fields_with_no_presence=True,
            indent=None,
        )
    )
