"""How often a widget's queries are run again, and whether it is kept up to date with nobody looking."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from nowboard.clock import SECOND, WEEK
from nowboard.dashboards.problems import Path, Problem
from nowboard.errors import BadQuery
from nowboard.model.dashboards import Widget
from nowboard.model.keeping import Pace
from nowboard.model.queries import Query, SqlQuery
from nowboard.query.durations import parse_duration

SQL_SECONDS: Final = 300.0
"""Least pause between two runs of a widget's SQL that names no other."""


def pace_of(widget: Widget, query: Query) -> Pace:
    """How one query of a widget is kept up to date. SQL has a pause of its own even where the widget names none."""
    every = SQL_SECONDS if isinstance(query, SqlQuery) else 0.0
    if widget.refresh is not None:
        every = _seconds(widget.refresh)
    return Pace(every, keep=widget.warm)


def pace_problems(widget: Widget, path: Path, *, kept_live: bool) -> Iterator[Problem]:
    """What is wrong with a widget's `refresh` and `warm`. `kept_live`: none of its queries is ever run again."""
    asks_nothing = widget.query is None and not widget.parts
    if asks_nothing and widget.warm:
        yield Problem((*path, "warm"), f"A widget of kind {widget.kind.value} has nothing to keep up to date.")
    if widget.refresh is None:
        return
    here = (*path, "refresh")
    try:
        seconds = _seconds(widget.refresh)
    except BadQuery as error:
        yield Problem(here, f"{error.message} Write a number and a unit, such as 30s or 5m.")
        return
    if not 1 <= seconds <= WEEK / SECOND:
        yield Problem(here, "Expected a pause from 1s to 7d.")
    elif asks_nothing:
        yield Problem(here, f"A widget of kind {widget.kind.value} has no query to run again.")
    elif kept_live:
        yield Problem(here, "This widget is kept up to date with every event; only what is run again has a pause.")


def _seconds(refresh: str) -> float:
    """Raises `BadQuery`."""
    return parse_duration(refresh, "refresh").length / SECOND
