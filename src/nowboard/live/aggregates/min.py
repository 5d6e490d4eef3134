"""The least value."""

from __future__ import annotations

from nowboard.live.aggregates.extremes import Extreme


class Min(Extreme):
    """`min(x)`. A NaN is kept only while nothing else was seen.

    >>> law = Min("float")
    >>> seen = np.array([True])
    >>> law.values(law.merge((seen, np.array([2.0])), (seen, np.array([1.0]))))
    [1.0]
    """

    def __init__(self, field_type: str) -> None:
        super().__init__(field_type, greatest=False)
