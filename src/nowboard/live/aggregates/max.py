"""The greatest value."""

from __future__ import annotations

from nowboard.live.aggregates.extremes import Extreme


class Max(Extreme):
    """`max(x)`. NaN is greater than every other float.

    >>> law = Max("float")
    >>> seen = np.array([True])
    >>> law.values(law.merge((seen, np.array([2.0])), (seen, np.array([1.0]))))
    [2.0]
    """

    def __init__(self, field_type: str) -> None:
        super().__init__(field_type, greatest=True)
