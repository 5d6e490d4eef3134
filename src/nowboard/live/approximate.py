"""Which columns of a live result are estimates at the moment."""

from __future__ import annotations

from collections.abc import Sequence

from sqlglot import exp

from nowboard.live.columns import Ints
from nowboard.live.groups import Key
from nowboard.live.lens import Lens
from nowboard.query.plan import Plan


class Estimates:
    """Follows the groups whose distinct counts and quantiles have become sketches, in each window."""

    def __init__(self, plan: Plan, lenses: Sequence[Lens]) -> None:
        self._lenses = lenses
        self._groups: list[dict[int, set[Key]]] = [{place: set() for place in lens.estimating} for lens in lenses]
        self._reads = {
            measure.name: {int(column.name[1:]) for column in measure.tree.find_all(exp.Column)}
            for measure in plan.measures
        }
        values = plan.columns[len(plan.keys) :]
        self._columns = [(column.name, column.of or column.name, int(column.of is not None)) for column in values]
        self.columns: tuple[str, ...] = ()

    def follow(self, window: int, keys: Sequence[Key], slots: Ints, gone: Sequence[Key]) -> None:
        """Look again at the groups of a window that changed; `gone` ones left before."""
        groups = self._groups[window]
        for place, held in groups.items():
            held.difference_update(gone)
            estimated = self._lenses[window].estimated(place, slots)
            if estimated is not None:
                for key, estimate in zip(keys, estimated.tolist(), strict=True):
                    (held.add if estimate else held.discard)(key)
        if groups:
            self.columns = self._named()

    def _named(self) -> tuple[str, ...]:
        estimated = [{place for place, held in groups.items() if held} for groups in self._groups]
        return tuple(name for name, measure, window in self._columns if self._reads[measure] & estimated[window])
