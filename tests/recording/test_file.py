"""A recording is read as it was written, and what is none is refused by a text that helps."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.recording.recorded import RECORDED_AT, message_of, product, recording, tick

from deltastream.domain.errors import SourceFormatError
from deltastream.market.v1 import recording_pb2
from deltastream.recording.file import VERSION, is_recording, read_recording, writing
from deltastream.runtime.codec.moments import to_datetime

PRODUCT = product()


def read(path: Path) -> list[recording_pb2.RecordedEvent]:
    return list(read_recording(path))


@given(
    prices=st.lists(st.floats(1.0, 1e6), max_size=50),
    name=st.sampled_from(["day.dsrec", "day.dsrec.gz"]),
)
def test_what_was_written_is_read_in_its_order(
    tmp_path_factory: pytest.TempPathFactory, prices: Sequence[float], name: str
) -> None:
    ticks = [tick(at, price=price) for at, price in enumerate(prices)]
    path = recording(tmp_path_factory.mktemp("recording") / name, [PRODUCT, *ticks])

    header, described, *events = read(path)

    assert header.header.version == VERSION
    assert header.header.description == "by hand"
    assert to_datetime(header.header.recorded_at) == RECORDED_AT
    assert described.product.symbol == "NIFTY"
    assert [event.tick.price for event in events] == prices


def test_the_writer_counts_events_and_not_descriptions(tmp_path: Path) -> None:
    with writing(tmp_path / "a.dsrec", description="", recorded_at=RECORDED_AT) as writer:
        writer.write(message_of(PRODUCT))
        writer.write(message_of(tick(0)))

        assert writer.events == 1


def test_the_name_says_whether_it_is_compressed(tmp_path: Path) -> None:
    path = recording(tmp_path / "a.dsrec.gz", [PRODUCT])

    assert gzip.decompress(path.read_bytes())
    assert is_recording(path)
    assert is_recording(tmp_path / "a.dsrec")
    assert not is_recording(tmp_path / "a.json")


def test_what_was_written_before_a_failure_can_be_read(tmp_path: Path) -> None:
    path = tmp_path / "a.dsrec.gz"

    def fail() -> None:
        with writing(path, description="", recorded_at=RECORDED_AT) as writer:
            writer.write(message_of(PRODUCT))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()

    assert read(path)[1].product.symbol == "NIFTY"


@pytest.mark.parametrize("name", ["cut.dsrec", "cut.dsrec.gz"])
def test_a_recording_that_was_cut_off_says_after_which_message(tmp_path: Path, name: str) -> None:
    whole = recording(tmp_path / name, [PRODUCT, *map(tick, range(3))]).read_bytes()
    (tmp_path / name).write_bytes(whole[:-5])

    with pytest.raises(SourceFormatError, match=f"{name} is damaged, or was cut off, after"):
        read(tmp_path / name)


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"\x00", b"\xff" * 40], ids=["empty", "JSON", "a zero", "noise"]
)
def test_what_is_no_recording_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.dsrec"
    path.write_bytes(content)

    with pytest.raises(SourceFormatError, match=r"a\.dsrec"):
        read(path)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceFormatError, match=r"none\.dsrec cannot be read: No such file"):
        read(tmp_path / "none.dsrec")


def test_a_recording_of_a_later_version_says_which_release_is_needed(tmp_path: Path) -> None:
    newer = recording_pb2.RecordedEvent(
        header=recording_pb2.RecordingHeader(version=VERSION + 1)
    ).SerializeToString()
    path = tmp_path / "a.dsrec"
    path.write_bytes(bytes([len(newer)]) + newer)

    with pytest.raises(SourceFormatError, match=f"version {VERSION + 1}"):
        read(path)
