"""The name of a place in a trace, as W3C Trace Context writes it in `traceparent`."""

import re
from typing import Final

LENGTH: Final = 55
"""How long one is. A later version of the standard may write more: that is not taken."""

_FORM: Final = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_SAMPLED: Final = 0x01


def is_traceparent(text: str) -> bool:
    """Say whether a text is one."""
    return len(text) == LENGTH and _FORM.fullmatch(text) is not None


def is_sampled(traceparent: str) -> bool:
    """Say whether the trace is one of those that are recorded."""
    return bool(int(traceparent[-2:], 16) & _SAMPLED)
