"""Where a mesh on this machine keeps its data."""

import hashlib
import os
from pathlib import Path
from typing import Final

_DATA: Final = Path(".deltastream")


def data_dir_of(source: str | None) -> Path:
    """Keep sources apart: invented prices must not stand in the history of captured ones."""
    name = source or os.environ.get("DELTASTREAM_SOURCE", "synthetic")
    kind, _, place = name.partition(":")
    if not place:
        return _DATA / kind
    where = Path(place).resolve()
    digest = hashlib.sha256(os.fsencode(where)).hexdigest()[:8]
    return _DATA / f"{kind}-{where.stem}-{digest}"
