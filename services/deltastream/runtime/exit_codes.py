"""What a role's exit status says."""

from typing import Final

FAILED: Final = 1
"""Something unexpected; starting it again may help."""
USAGE: Final = 2
"""It was told to do what it cannot; starting it again will not help."""
UNUSABLE: Final = 3
"""The machine refuses what it needs, such as its port; starting it again will not help."""
