"""Says which files gave their chains the time at which they were last written.

A file that states no time is taken to be as old as it looks. A copy or a checkout is younger than
what it holds, and then the time to expiry is wrong.
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from deltastream.domain.events import OptionChain


def written_when_taken(path: Path, chains: Iterable[OptionChain]) -> list[Path]:
    """Return the files whose time of modification stands as the time of a chain.

    Args:
        path: a snapshot file, or a folder of them.
        chains: what was read there.
    """
    times = {chain.timestamp for chain in chains}
    files = sorted(path.iterdir()) if path.is_dir() else [path]
    return [file for file in files if datetime.fromtimestamp(file.stat().st_mtime, UTC) in times]
