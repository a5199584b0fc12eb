"""The arrays that the mathematics runs on."""

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
"""Numbers; NaN marks what is absent. It never leaves the process."""

CodeArray = NDArray[np.int8]
"""Numbers of an enumeration's members; 0 is none of them."""

BoolArray = NDArray[np.bool_]
"""Yes or no."""
