"""References from one part of the document to another."""

from typing import Any

Part = dict[str, Any]


def channel(name: str) -> Part:
    """Return a reference to a channel."""
    return {"$ref": f"#/channels/{name}"}


def message_of(channel_name: str, key: str) -> Part:
    """Return a reference to a message of a channel."""
    return {"$ref": f"#/channels/{channel_name}/messages/{key}"}


def security(name: str) -> Part:
    """Return a reference to a way to authenticate."""
    return {"$ref": f"#/components/securitySchemes/{name}"}
