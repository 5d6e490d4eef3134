"""A live query: its plan, its windows, and the rows it last gave out by key."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from nowboard.clock import Micros
from nowboard.live.approximate import Estimates
from nowboard.live.groups import Key
from nowboard.live.lens import Lens
from nowboard.live.ranking import Ranking, RowKey, rank_of
from nowboard.live.rows import RowMaker, Rows
from nowboard.model.frames import Change, Result, Row
from nowboard.query.finish import MAX_ROWS
from nowboard.query.plan import Plan


class LiveQuery:
    """Turns what changed in the shared states into what changed in the result.

    An update costs the rows that changed. `base` is the offset of the last content given out; a result handed to a
    further watcher in between may carry a later offset, since nothing changed for it.
    """

    def __init__(self, plan: Plan, maker: RowMaker, main: Lens, earlier: Lens | None, epoch: str) -> None:
        self.plan = plan
        self.lenses = [main] if earlier is None else [main, earlier]
        self._maker = maker
        self._main = main
        self._earlier = earlier
        self._epoch = epoch
        self._rows: Rows = {}
        self._known: dict[RowKey, Key] = {}
        self._gaps: set[RowKey] = set()
        self._ranking: Ranking | None = None
        self._limit = MAX_ROWS if plan.limit is None else min(plan.limit, MAX_ROWS)
        self._shown: set[RowKey] = set()
        self._opened = False
        self._estimates = Estimates(plan, self.lenses)
        self._base = 0
        self._as_of = 0
        self._result: Result | None = None

    @property
    def next_change(self) -> Micros | None:
        """The first instant at which the clock alone changes the result."""
        instants = [lens.view.span.next_change for lens in self.lenses] + [self._maker.next_gap]
        return min((instant for instant in instants if instant is not None), default=None)

    def pending(self, now: Micros) -> bool:
        """Whether `update` has anything to do."""
        step = self.next_change
        return (step is not None and now >= step) or any(lens.view.pending for lens in self.lenses)

    def open(self, now: Micros, position: int) -> Result:
        """The first whole result, at `position`."""
        self._step(now)
        self._opened = True
        self._base = position
        return self.result(now, position)

    def update(self, now: Micros, position: int) -> Change | Result | None:
        """What changed since the last call, now that everything up to `position` is folded in; None if nothing did."""
        if not self.pending(now):
            return None
        truncated, estimates, window = self._truncated, self._estimates.columns, self._window
        upsert, remove = self._step(now)
        changed = bool(upsert or remove)
        if self._truncated != truncated:
            self._base = position
            return self.result(now, position)
        new_window = None if self._window == window else self._window
        new_estimates = None if self._estimates.columns == estimates else self._estimates.columns
        if not changed and new_window is None and new_estimates is None:
            return None
        base, self._base = self._base, position
        return Change(base, position, self._as_of, tuple(upsert), tuple(remove), new_window, new_estimates)

    def result(self, now: Micros, position: int) -> Result:
        """The whole result as of the last step; at `position` if nothing happened since, else where it was."""
        if not self.pending(now):
            self._as_of = now // 1000
            offset = position
        else:
            offset = self._base
        if self._result is None:
            self._result = self._whole()
        return _at(self._result, offset, self._as_of)

    def last(self, now: Micros) -> Result:
        """What was given out last."""
        return self.result(now, self._base)

    def close(self) -> None:
        """Let go of the shared states."""
        for lens in self.lenses:
            lens.close()

    @property
    def _truncated(self) -> bool:
        return len(self._rows) > self._limit and (self.plan.limit is None or self.plan.limit > MAX_ROWS)

    @property
    def _window(self) -> tuple[int | None, int | None]:
        bounds = self._main.view.span.bounds
        return (
            None if bounds.start is None else bounds.start // 1000,
            None if bounds.end is None else bounds.end // 1000,
        )

    def _step(self, now: Micros) -> tuple[list[Row], list[RowKey]]:
        """Move the windows, bring the rows up to date; the rows shown that changed and the keys shown no more."""
        moved = [lens.view.move(now) for lens in self.lenses]
        if any(moved):
            for lens in self.lenses:
                lens.shared.forget()
        upsert, remove, restless = self._follow()
        if self._maker.fills and (restless or any(moved) or not self._opened or self._maker.gap_due(now)):
            self._fill(now, upsert, remove)
        changed = {key: row for key, row in upsert.items() if self._rows.get(key) != row}
        gone = [key for key in remove if key in self._rows and key not in upsert]
        if self._ranking is None and len(self._rows) + len(changed) > self._limit:
            self._rank()
        self._rows.update(changed)
        for key in gone:
            del self._rows[key]
        self._as_of = now // 1000
        self._result = None
        return self._cut(changed, gone)

    def _follow(self) -> tuple[Rows, set[RowKey], bool]:
        """The rows of the keys that changed, the keys that went, and whether buckets without events may differ."""
        keys, slots, gone = self._main.view.take()
        self._estimates.follow(0, keys, slots, gone)
        back = self._take_earlier()
        if not self.plan.keys:
            keys, slots, gone = [()], self._main.find([()]), []
        elif back and self.plan.grain is not None:
            # The earlier buckets move against the later ones when the clocks change, so all rows are looked at again.
            keys, slots = self._main.view.all()
        elif back:
            keys = [*keys, *back.difference(keys)]
            slots = self._main.find(keys)
            there = slots >= 0
            keys, slots = [key for key, stays in zip(keys, there.tolist(), strict=True) if stays], slots[there]
        rows, shown = self._maker.rows(keys, slots), self._maker.shown(keys)
        upsert = {key: row for key, row in zip(shown, rows, strict=True) if row is not None}
        remove = set(self._maker.shown(gone))
        if len(upsert) < len(rows):
            remove.update(key for key, row in zip(shown, rows, strict=True) if row is None)
        return upsert, remove, self._know(keys, shown, upsert, remove) or bool(back)

    def _take_earlier(self) -> set[Key]:
        """The keys that changed in the earlier window."""
        if self._earlier is None:
            return set()
        keys, slots, gone = self._earlier.view.take()
        self._estimates.follow(1, keys, slots, gone)
        return {*keys, *gone}

    def _know(self, keys: Sequence[Key], shown: Sequence[RowKey], upsert: Rows, remove: set[RowKey]) -> bool:
        """Follow which groups have rows, where buckets without events are filled; says whether that changed."""
        if not self._maker.fills:
            return False
        changed = False
        for key in remove:
            if key not in upsert and self._known.pop(key, None) is not None:
                changed = True
        for native, row_key in zip(keys, shown, strict=True):
            if row_key in upsert and row_key not in self._known:
                self._known[row_key] = native
                changed = True
        return changed

    def _fill(self, now: Micros, upsert: Rows, remove: set[RowKey]) -> None:
        """Put in a row for each bucket without events, and take out those that are needed no more."""
        gaps = self._maker.gaps(self._known, now)
        remove.update(self._gaps - gaps.keys())
        upsert.update(gaps)
        self._gaps = set(gaps)

    def _cut(self, changed: Rows, gone: list[RowKey]) -> tuple[list[Row], list[RowKey]]:
        """What of the changes is seen under the limit."""
        if self._ranking is None:
            return list(changed.values()), gone
        self._ranking.change(changed, gone)
        shown = self._ranking.first(self._limit)
        before, self._shown = self._shown, set(shown)
        rows = [self._rows[key] for key in shown if key in changed or key not in before]
        return rows, list(before - self._shown)

    def _rank(self) -> None:
        """From now on the rows are kept in order: a limit is about to cut them."""
        names = [key.name for key in self.plan.keys]
        self._ranking = Ranking(rank_of(self.plan.columns, self.plan.order, names))
        self._ranking.change(self._rows, ())
        self._shown = set(self._rows)

    def _whole(self) -> Result:
        plan = self.plan
        keys = self._rows if self._ranking is None else self._shown
        rows, _ = self._maker.arrange([self._rows[key] for key in keys])
        return Result(
            columns=plan.columns,
            rows=tuple(rows),
            epoch=self._epoch,
            offset=0,
            as_of=0,
            key=tuple(key.name for key in plan.keys),
            order=plan.order,
            limit=plan.limit,
            mode="live",
            approximate=self._estimates.columns,
            window=self._window,
            grain=plan.grain,
            timezone=plan.timezone,
            truncated=self._truncated,
        )


def _at(result: Result, offset: int, as_of: int) -> Result:
    return msgspec.structs.replace(result, offset=offset, as_of=as_of)
