"""The shared states of one stream: project a batch once, fold it into each state, fail one without the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from nowboard.live.aggregates import Law, law_of
from nowboard.live.grouping import aggregate_name
from nowboard.live.inbox import rows_of
from nowboard.live.limits import LiveLimits
from nowboard.live.projector import Projector
from nowboard.live.shared import Need, Phase, SharedState
from nowboard.live.state import Overgrown
from nowboard.model.events import Record
from nowboard.model.streams import Stream
from nowboard.query.plan import Aggregate, Plan
from nowboard.stores.interface import Store

Failed = Callable[[SharedState, Exception], None]


class StreamStates:
    """Every state over one stream. `computations` counts the group-bys done."""

    def __init__(self, store: Store, stream: Stream, limits: LiveLimits, failed: Failed) -> None:
        self.computations = 0
        self.states: list[SharedState] = []
        self._laws: dict[str, Law] = {}
        self._projector = Projector(store, stream)
        self._limits = limits
        self._failed = failed

    def join(self, plan: Plan, need: Need) -> tuple[SharedState, bool]:
        """A state that serves `need`, and whether it is new and has to be loaded."""
        self._projector.learn(plan)
        for state in self.states:
            if state.serves(need):
                state.users += 1
                return state, False
        state = SharedState(need, [self._law(each) for each in need.aggregates], self._limits)
        state.users = 1
        self.states.append(state)
        return state, True

    def redefine(self, stream: Stream) -> None:
        """The stream, or a table it joins, may have another definition now."""
        self._projector.redefine(stream)
        self._laws.clear()

    def leave(self, state: SharedState) -> None:
        """One user less; a state without users is freed."""
        state.users -= 1
        if state.users == 0 and state in self.states:
            self.states.remove(state)

    def apply(self, records: Sequence[Record]) -> None:
        """Fold new events into every state that is loaded, and keep them for those that are not."""
        ready = [state for state in self.states if state.phase is Phase.READY]
        for state in [state for state in self.states if state.phase is Phase.LOADING]:
            state.hold(records)
            if state.waiting_rows > self._limits.waiting_rows:
                self._fail(state, Overgrown("Too many events arrived while the history was loaded."))
        if ready:
            self._fold(ready, records)

    def catch_up(self, state: SharedState, offset: int) -> None:
        """The history up to `offset` is loaded: fold in what was kept, then keep up."""
        state.phase = Phase.READY
        batch: list[Record] = []
        rows = 0
        for record in state.take_waiting(offset):
            batch.append(record)
            rows += rows_of(record)
            if rows >= self._limits.batch_rows:
                self._fold_into(state, batch)
                batch, rows = [], 0
        self._fold_into(state, batch)

    def _law(self, aggregate: Aggregate) -> Law:
        """Equal aggregates share one law, as it may learn from a column that only one state has looked at."""
        name = aggregate_name(aggregate)
        if name not in self._laws:
            self._laws[name] = law_of(aggregate, self._limits.exact_values)
        return self._laws[name]

    def _fold_into(self, state: SharedState, records: Sequence[Record]) -> None:
        if records and state.phase is Phase.READY:
            self._fold([state], records)

    def _fold(self, states: Sequence[SharedState], records: Sequence[Record]) -> None:
        try:
            batch = self._projector.project(records, [scalar for state in states for scalar in state.scalars()])
        except Exception as error:  # noqa: BLE001 - such as a cast that fails on one value
            if len(states) == 1:
                self._fail(states[0], error)
                return
            for state in states:  # one bad expression must not take the others along
                self._fold([state], records)
            return
        for state in states:
            try:
                state.fold(batch)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with one state must not stop the others
                self._fail(state, error)
        self.computations += batch.computations

    def _fail(self, state: SharedState, error: Exception) -> None:
        state.fail(error)
        self._failed(state, error)
