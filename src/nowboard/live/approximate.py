"""Which columns of a live result are estimates at the moment."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlglot import exp

from nowboard.live.groups import Key
from nowboard.live.lens import Lens
from nowboard.query.plan import Plan


class Estimates:
    """Follows the groups whose distinct counts and quantiles have become sketches."""

    def __init__(self, plan: Plan, lenses: Sequence[Lens]) -> None:
        self._lenses = [lens for lens in lenses if lens.estimates]
        self._groups: list[dict[int, set[Key]]] = [{} for _ in self._lenses]
        self._reads = {
            measure.name: {int(column.name[1:]) for column in measure.tree.find_all(exp.Column)}
            for measure in plan.measures
        }
        self._columns = [(column.name, column.of or column.name, column.role) for column in plan.columns]
        self.columns: tuple[str, ...] = ()

    def follow(self, dirty: Iterable[Key]) -> None:
        """Look at the groups that changed again."""
        if not self._lenses:
            return
        for lens, groups in zip(self._lenses, self._groups, strict=True):
            for key in dirty:
                found = lens.estimated(key)
                for index, held in groups.items():
                    if index not in found:
                        held.discard(key)
                for index in found:
                    groups.setdefault(index, set()).add(key)
        self.columns = self._named()

    def _named(self) -> tuple[str, ...]:
        estimated = {index for groups in self._groups for index, held in groups.items() if held}
        names = {name for name, reads in self._reads.items() if reads & estimated}
        return tuple(name for name, measure, role in self._columns if measure in names and role != "dimension")
