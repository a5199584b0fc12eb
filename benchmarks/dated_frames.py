"""Frames of chains as a subscriber sees them who asks each chain for nothing but its time."""

from functools import cache
from typing import Any, Final

from google.protobuf.descriptor import FileDescriptor
from google.protobuf.descriptor_pb2 import DescriptorProto, FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from google.protobuf.message_factory import GetMessageClass

from deltastream.enrichment.v1 import enrichment_service_pb2 as pb

_MESSAGE: Final = "EnrichedChain"
_TIME: Final = "published_at"


@cache
def dated_frame() -> Any:
    """Return the type of a response whose chains have their time alone.

    Decoding passes over all other fields of a chain. Two hundred subscribers who decode ten
    thousand chains a second in full take half a core for what no figure needs, from the server
    that is measured beside them.
    """
    response = pb.StreamChainsResponse.DESCRIPTOR
    pool = DescriptorPool()
    _add(response.file, pool)
    return GetMessageClass(pool.FindMessageTypeByName(response.full_name))


def _add(file: FileDescriptor, pool: DescriptorPool) -> None:
    """Add a file, after those that it imports."""
    for imported in file.dependencies:
        _add(imported, pool)
    contents = FileDescriptorProto()
    file.CopyToProto(contents)
    for message in contents.message_type:
        if message.name == _MESSAGE:
            _keep_the_time(message)
    pool.Add(contents)


def _keep_the_time(message: DescriptorProto) -> None:
    time = next(field for field in message.field if field.name == _TIME)
    del message.field[:]
    # They belong to the optional fields, which are gone.
    del message.oneof_decl[:]
    message.field.append(time)
