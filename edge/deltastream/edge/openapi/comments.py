"""The contract's comments, which generated descriptors do not carry.

They come from a FileDescriptorSet that protoc writes with its source positions.
"""

import tempfile
from collections.abc import Iterator, Sequence
from importlib import resources
from pathlib import Path
from typing import Any, Final

from google.protobuf.descriptor_pb2 import FileDescriptorProto, FileDescriptorSet

# For each kind of parent: the field number of a child in descriptor.proto, and its name there.
_CHILDREN: Final = {
    "FileDescriptorProto": {4: "message_type", 5: "enum_type", 6: "service"},
    "DescriptorProto": {2: "field", 3: "nested_type", 4: "enum_type"},
    "EnumDescriptorProto": {2: "value"},
    "ServiceDescriptorProto": {2: "method"},
}


class ProtocError(Exception):
    """protoc refused the contract."""


def compile_contract(proto: Path, third_party: Path) -> FileDescriptorSet:
    """Compile all .proto files of a folder, with their comments.

    Args:
        proto: the contract.
        third_party: what it imports.

    Raises:
        ProtocError: a file does not compile; protoc has said why on standard error.
    """
    # Needed to write the document, not to serve it: a development dependency.
    from grpc_tools import protoc  # noqa: PLC0415

    names = sorted(path.relative_to(proto).as_posix() for path in proto.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as folder, _well_known() as well_known:
        target = Path(folder) / "contract.binpb"
        includes = [f"--proto_path={path}" for path in (proto, third_party, well_known)]
        options = ["--include_source_info", f"--descriptor_set_out={target}"]
        if protoc.main(["protoc", *includes, *options, *names]) != 0:
            raise ProtocError(f"protoc refused the files in {proto}")
        return FileDescriptorSet.FromString(target.read_bytes())


def _well_known() -> Any:
    return resources.as_file(resources.files("grpc_tools").joinpath("_proto"))


def comments_of(files: FileDescriptorSet) -> dict[str, str]:
    """Return the comment before each declaration, by the full name of what it declares.

    Lines are joined; a blank line stays as the end of a paragraph.
    """
    return {name: text for file in files.file for name, text in _comments(file) if text}


def _comments(file: FileDescriptorProto) -> Iterator[tuple[str, str]]:
    for location in file.source_code_info.location:
        name = _name_at(file, location.path)
        if name is not None:
            yield f"{file.package}.{name}", _flowing(location.leading_comments)


def _name_at(file: FileDescriptorProto, path: Sequence[int]) -> str | None:
    """Return the dotted name of the declaration at a path; None for any other place."""
    names: list[str] = []
    node: Any = file
    for number, index in zip(path[::2], path[1::2], strict=False):
        child = _CHILDREN.get(node.DESCRIPTOR.name, {}).get(number)
        if child is None:
            return None
        node = getattr(node, child)[index]
        names.append(node.name)
    return ".".join(names) if names and len(path) % 2 == 0 else None


def _flowing(comment: str) -> str:
    paragraphs = "\n".join(line.strip() for line in comment.splitlines()).strip().split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
