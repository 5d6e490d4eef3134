"""Bounds of the engine."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LiveLimits:
    """Every queue, state and share of the machine has a bound; these are the defaults. Times are in seconds.

    tick: least pause between two updates of one channel; after a longer silence an update goes out at once.
    tick_share: the least pause as a multiple of what the last round of updates cost.
    poll: longest sleep of the applier, so that a clock that was set is noticed.
    batch_rows: rows taken from the journal at once; larger batches cost less per event and hold answers up longer.
    waiting_rows: rows that may wait for the applier before appends are refused.
    store_rows, store_records, store_delay: when what was applied to live queries is committed to the store at the
    latest; whoever reads the store has it committed at once.
    store_retry: pause after the store refused a commit.
    linger: how long a live query outlives its last watcher.
    live_queries: how many live queries there may be.
    groups: groups (in all panes) of one live query; with more it is re-run instead.
    exact_values: values that a distinct count or quantile holds as they are before it becomes a sketch.
    loaders: threads that load live queries and answer one-off queries.
    load_timeout: the longest that loading one live query may take.
    reload_pause: pause before a live query that failed is loaded again.
    requery_workers: re-runs at the same time.
    requery_pause: least pause between two re-runs of one query, and
    requery_share: the least pause as a multiple of what its last run cost.
    refresh_pause: least pause between two re-runs of one query that viewers ask for.
    keep_every: pause between two results of one live query that are kept for after a restart.
    retention_every: pause between two rounds of dropping what is past a stream's retention.
    """

    tick: float = 0.05
    tick_share: float = 3.0
    poll: float = 1.0
    batch_rows: int = 20_000
    waiting_rows: int = 1_000_000
    store_rows: int = 20_000
    store_records: int = 256
    store_delay: float = 5.0
    store_retry: float = 1.0
    linger: float = 30.0
    live_queries: int = 5_000
    groups: int = 200_000
    exact_values: int = 10_000
    loaders: int = 2
    load_timeout: float = 60.0
    reload_pause: float = 2.0
    requery_workers: int = 1
    requery_pause: float = 0.25
    requery_share: float = 4.0
    refresh_pause: float = 1.0
    keep_every: float = 30.0
    retention_every: float = 60.0
