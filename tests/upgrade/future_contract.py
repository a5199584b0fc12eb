"""A contract that is one release ahead of ours: all that may be added, added.

Its code is for processes of its own, as one process can know one contract alone.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import grpc_tools

ROOT = Path(__file__).parents[2]
WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"

_NEW_MESSAGE = """
// Watermark says that no event before a time is still to come.
message Watermark {
  // complete_until is that time, in microseconds since 1970.
  uint64 complete_until = 1;
}
"""
_NEW_RPC = """  // GetFeedOutlook says what will come.
  rpc GetFeedOutlook(GetFeedOutlookRequest) returns (GetFeedOutlookResponse) {
    option (deltastream.access.v1.rule) = {role: ROLE_READER};
    option (google.api.http) = {get: "/api/feed/outlook"};
  }
}

// GetFeedOutlookRequest asks for all there is.
message GetFeedOutlookRequest {}

// GetFeedOutlookResponse is what will come.
message GetFeedOutlookResponse {
  // outlook is for people.
  string outlook = 1;
}
"""
_NEW_FRAME = """    // watermark says what is complete.
    deltastream.stream.v1.Watermark watermark = 900;
"""
_ADDITIONS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "market/v1/chain.proto": (
        (
            r"(message EnrichedChain \{\n)",
            r"\1  // crowding is a figure that is new.\n  optional double crowding = 900;\n",
        ),
    ),
    "market/v1/session.proto": (
        (
            r"(enum MarketSession \{.*?= 0;\n)",
            r"\1  // The closing auction.\n  MARKET_SESSION_CLOSING_AUCTION = 90;\n",
        ),
    ),
    "market/v1/missing.proto": (
        (
            r"(enum MissingReason \{.*?= 0;\n)",
            r"\1  // Nobody was there.\n  MISSING_REASON_NOBODY_THERE = 90;\n",
        ),
    ),
    "storage/v1/storage_service.proto": (
        (
            r"(message ListTicksRequest \{\n)",
            r"\1  // exchange is a filter that is new.\n  string exchange = 900;\n",
        ),
    ),
    "stream/v1/stream.proto": (
        (
            r"(enum DeliveryPolicy \{.*?= 0;\n)",
            r"\1  // One event a second.\n  DELIVERY_POLICY_SAMPLED = 90;\n",
        ),
        (
            r"(enum ResetReason \{.*?= 0;\n)",
            r"\1  // The server wants it so.\n  RESET_REASON_SERVER_WISHES = 90;\n",
        ),
        (r"\Z", _NEW_MESSAGE),
    ),
    "enrichment/v1/enrichment_service.proto": (
        (r"(message StreamChainsResponse \{.*?oneof frame \{\n)", r"\1" + _NEW_FRAME),
    ),
    "feed/v1/feed_service.proto": ((r"\n\}\n(?=\n// StreamTicksRequest )", "\n\n" + _NEW_RPC),),
}


def copy_of_our_protos(folder: Path) -> Path:
    """Copy our .proto files into a folder as `buf` finds them, and return where they are."""
    shutil.copy(ROOT / "buf.yaml", folder)
    (folder / "third_party").symlink_to(ROOT / "third_party")
    return shutil.copytree(ROOT / "proto", folder / "proto")


def write_protos(folder: Path) -> Path:
    """Write the .proto files of the future into a folder, and return where they are."""
    protos = copy_of_our_protos(folder)
    for name, additions in _ADDITIONS.items():
        file = protos / "deltastream" / name
        text = file.read_text()
        for pattern, replacement in additions:
            text, made = re.subn(pattern, replacement, text, flags=re.DOTALL)
            assert made == 1, (name, pattern)
        file.write_text(text)
    return protos


def generate(folder: Path) -> Path:
    """Generate the Python code of the future into a folder, and return where it is."""
    protos, code = write_protos(folder), folder / "python"
    code.mkdir()
    files = sorted(map(str, protos.rglob("*.proto")))
    includes = [f"-I{each}" for each in (protos, ROOT / "third_party", WELL_KNOWN)]
    subprocess.run(  # noqa: S603 - the generator of our own contract
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            *includes,
            f"--python_out={code}",
            f"--grpc_python_out={code}",
            *files,
        ],
        check=True,
        timeout=60,
    )
    return code


def environment(code: Path) -> dict[str, str]:
    """Return the environment of a process that knows the future contract."""
    return os.environ | {"PYTHONPATH": os.pathsep.join(map(str, (code, *sys.path)))}
