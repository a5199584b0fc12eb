"""The probe's descriptors, made from its proto file when the tests begin."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from google.api import annotations_pb2
from google.protobuf import descriptor_pb2, descriptor_pool, wrappers_pb2
from google.protobuf.descriptor import Descriptor, ServiceDescriptor
from grpc_tools import protoc

_ROOT = Path(__file__).parents[2]
_PROTOS = Path(__file__).parent / "protos"
_FILE = "deltastream/probe/v1/probe_service.proto"
_PACKAGE = "deltastream.probe.v1"
_WELL_KNOWN = Path(protoc.__file__).parent / "_proto"


@cache
def probe_service() -> ServiceDescriptor:
    """Return the probe's service."""
    # What it imports has to be known: without its extension, the paths would be unknown options.
    assert annotations_pb2.DESCRIPTOR.name
    assert wrappers_pb2.DESCRIPTOR.name
    with TemporaryDirectory() as folder:
        out = Path(folder) / "probe.binpb"
        includes = [f"-I{path}" for path in (_PROTOS, _ROOT / "third_party", _WELL_KNOWN)]
        failed = protoc.main(["protoc", *includes, f"--descriptor_set_out={out}", _FILE])
        assert not failed
        (file,) = descriptor_pb2.FileDescriptorSet.FromString(out.read_bytes()).file
    pool = descriptor_pool.Default()
    pool.AddSerializedFile(file.SerializeToString())
    return pool.FindServiceByName(f"{_PACKAGE}.ProbeService")


def probe_message(name: str) -> Descriptor:
    """Return one of the probe's message types."""
    found: Descriptor = probe_service().file.message_types_by_name[name]
    return found
