"""A stretch of history of one tag, raw or rolled up."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Rows in time order: UTC ns, lowest, highest and mean value of the bucket, and its worst quality.

    Raw samples have low == high == mean. A gap is a row of unusable quality (its values are the last known
    ones):
    nothing is drawn from it until the next usable row.
    """

    tag: int
    at: NDArray[np.int64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    mean: NDArray[np.float64]
    quality: NDArray[np.uint8]
    raw: bool

    def __len__(self) -> int:
        return len(self.at)
