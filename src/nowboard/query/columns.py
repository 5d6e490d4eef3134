"""The columns of a metric query's result."""

from __future__ import annotations

from collections.abc import Sequence

from nowboard.errors import BadQuery
from nowboard.model.frames import Column
from nowboard.model.queries import Measure
from nowboard.model.streams import Metric
from nowboard.query.plan import Key, PlannedMeasure


def measure_column(spec: Measure, metric: Metric | None, kind: str) -> Column:
    """The column of a measure; what the query says about its looks comes before what the metric says."""
    goal = metric.goal if metric else None
    return Column(
        name=spec.name,
        type=kind,
        role="measure",
        label=spec.label or (metric.label if metric else None),
        unit=spec.unit or (metric.unit if metric else None),
        format=spec.format or (metric.format if metric else None),
        decimals=spec.decimals if spec.decimals is not None else (metric.decimals if metric else None),
        goal=goal.value if goal else None,
        better=goal.better if goal else None,
    )


def result_columns(
    keys: Sequence[Key], measures: Sequence[PlannedMeasure], *, grain: bool, compared: bool
) -> tuple[Column, ...]:
    """Keys, measures, and the measures' `previous` columns."""
    found = [
        Column(key.name, key.scalar.type, "time" if grain and index == 0 else "dimension", label=key.label)
        for index, key in enumerate(keys)
    ]
    found += [measure.column for measure in measures]
    if compared:
        found += [_previous(measure.column) for measure in measures]
    return tuple(found)


def check_names(columns: Sequence[Column]) -> None:
    """Raise `BadQuery` when two columns have one name."""
    seen = set()
    for column in columns:
        if column.name in seen:
            hint = 'give one of them another name: {"name": …, "sql": …}'
            message = f"Two columns are called {column.name!r}."
            raise BadQuery(message, detail={"part": "by" if column.role == "dimension" else "measures", "hint": hint})
        seen.add(column.name)


def _previous(shown: Column) -> Column:
    return Column(
        name=f"{shown.name}__previous",
        type=shown.type,
        role="previous",
        of=shown.name,
        label=shown.label,
        unit=shown.unit,
        format=shown.format,
        decimals=shown.decimals,
    )
