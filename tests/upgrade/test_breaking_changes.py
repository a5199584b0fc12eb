"""What was released stays: `buf breaking` compares the contract with proto/released.binpb."""

import re
import subprocess
import sys
from pathlib import Path

from tests.upgrade.future_contract import ROOT, copy_of_our_protos, write_protos

BUF = Path(sys.executable).with_name("buf")
BROKEN = 100
CANDLE = "market/v1/candle.proto"
STREAM = "stream/v1/stream.proto"
CHAIN = "market/v1/chain.proto"
FEED = "feed/v1/feed_service.proto"

# File, what stands there, what a change makes of it, and what is said of that.
BREAKING = (
    (
        CHAIN,
        r"optional double spot_price = 3\b",
        "optional double spot_price = 903",
        'field "3" with name "spot_price" on message "OptionChain" was deleted',
    ),
    (CHAIN, r"  string expiry = 2\b", "  string expires = 2", 'changed name from "expiry"'),
    (CANDLE, r"double close = ", "float close = ", 'changed type from "double" to "float"'),
    (
        STREAM,
        r"RESET_REASON_EPOCH_CHANGED = 2",
        "RESET_REASON_EPOCH_CHANGED = 4",
        'enum value "2" on enum "ResetReason" was deleted',
    ),
    (FEED, r"rpc GetFeedStatus\(", "rpc GetStatus(", 'RPC "GetFeedStatus" on service'),
    (
        FEED,
        r"returns \(stream StreamTicksResponse\)",
        "returns (StreamTicksResponse)",
        "changed from server streaming to server unary",
    ),
)

# As the Makefile does, which CI calls.
_AGAINST = ("breaking", "proto", "--against", str(ROOT / "proto/released.binpb"))


def compared(folder: Path) -> tuple[int, str]:
    """Compare the contract in a folder with the released one; return status and findings."""
    ended = subprocess.run(  # noqa: S603 - what `make lint` runs
        [BUF, *_AGAINST], cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )
    return ended.returncode, ended.stdout + ended.stderr


def test_the_makefile_compares_with_what_was_released() -> None:
    assert "buf breaking proto --against proto/released.binpb" in (ROOT / "Makefile").read_text()


def test_the_contract_of_today_breaks_nothing(tmp_path: Path) -> None:
    copy_of_our_protos(tmp_path)
    assert compared(tmp_path) == (0, "")


def test_additions_break_nothing(tmp_path: Path) -> None:
    write_protos(tmp_path)
    assert compared(tmp_path) == (0, "")


def test_changes_that_break_clients_are_refused(tmp_path: Path) -> None:
    protos = copy_of_our_protos(tmp_path) / "deltastream"
    for file, pattern, replacement, _ in BREAKING:
        text, made = re.subn(pattern, replacement, (protos / file).read_text(), count=1)
        assert made == 1, pattern
        (protos / file).write_text(text)
    status, said = compared(tmp_path)
    assert status == BROKEN
    assert [finding for *_, finding in BREAKING if finding not in said] == []
