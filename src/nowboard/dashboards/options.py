"""What each kind of widget can be told: one frozen value per kind, as documented in docs/reference/dashboards.md."""

from __future__ import annotations

from typing import Annotated, ClassVar, Final, Literal

import msgspec

from nowboard.model.dashboards import WidgetKind

ResultColumn = Annotated[str, msgspec.Meta(min_length=1, extra={"result_column": True})]
"""A column of the widget's result, by name."""

Tone = Literal["neutral", "accent", "good", "warn", "bad"]
State = Literal["ok", "warn", "bad", "unknown"]
Better = Literal["higher", "lower"]
Format = Literal["number", "integer", "percent", "currency", "duration", "bytes"]
AxisKind = Literal["category", "time", "number", "weekday", "hour", "month"]
Positive = Annotated[int, msgspec.Meta(ge=1)]


class _Part(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """Base of everything in `options`. `part` names the query whose result columns are meant; None is the own query."""

    part: ClassVar[str | None] = None


class Threshold(_Part, frozen=True):
    """A named line across the chart at `value`."""

    value: float
    label: str
    tone: Tone = "neutral"


class Band(_Part, frozen=True):
    """Values below `to` (and at or above the band before) have this `tone` and are called `label`."""

    to: float
    tone: Tone
    label: str | None = None


class Scale(_Part, frozen=True):
    """How values become colours. `diverging` has a meaningful `middle`; `better` says which end is the good one."""

    kind: Literal["sequential", "diverging"] = "sequential"
    min: float | None = None
    middle: float | None = None
    max: float | None = None
    better: Better | None = None


class KpiOptions(_Part, frozen=True):
    """One number; the part `trend` is drawn as a sparkline."""

    value: ResultColumn | None = None
    target: float | None = None
    target_label: str | None = None
    compare: str | None = None
    better: Better | None = None


class LineOptions(_Part, frozen=True):
    """Values over time or another axis."""

    x: ResultColumn | None = None
    y: tuple[ResultColumn, ...] = ()
    series: ResultColumn | None = None
    smooth: bool = False
    points: bool = False
    compare: str | None = None
    min: float | None = None
    max: float | None = None
    thresholds: tuple[Threshold, ...] = ()


class AreaOptions(_Part, frozen=True):
    """A line with its area filled; `stack` puts series on top of each other, `percent` makes them shares of 100%."""

    x: ResultColumn | None = None
    y: tuple[ResultColumn, ...] = ()
    series: ResultColumn | None = None
    smooth: bool = False
    stack: bool = False
    percent: bool = False
    compare: str | None = None
    min: float | None = None
    max: float | None = None
    thresholds: tuple[Threshold, ...] = ()


class BarOptions(_Part, frozen=True):
    """Bars. Several series stand side by side unless `stack` (or `percent`) puts them on top of each other."""

    x: ResultColumn | None = None
    y: tuple[ResultColumn, ...] = ()
    series: ResultColumn | None = None
    axis: AxisKind | None = None
    horizontal: bool = False
    stack: bool = False
    percent: bool = False
    labels: bool = False
    compare: str | None = None
    thresholds: tuple[Threshold, ...] = ()


class PieOptions(_Part, frozen=True):
    """Shares of a whole. Slices after `max_slices` are gathered as "Other"; a donut names the total in its middle."""

    label: ResultColumn | None = None
    value: ResultColumn | None = None
    donut: bool = True
    max_slices: Positive = 8


class TableColumn(_Part, frozen=True):
    """One column of a table. `bar` draws a cell bar, `heat` colours the cell's ground."""

    name: ResultColumn
    label: str | None = None
    format: Format | None = None
    unit: str | None = None
    decimals: int | None = None
    bar: bool = False
    heat: Scale | None = None


class TableOptions(_Part, frozen=True):
    """Rows. Without `columns` every column of the result is shown in its order."""

    columns: tuple[TableColumn, ...] = ()
    page_size: Positive = 10


class GaugeOptions(_Part, frozen=True):
    """One number on a dial from `min` to `max`. Bands ascend; the last one ends at `max`."""

    value: ResultColumn | None = None
    min: float = 0
    max: float = 100
    target: float | None = None
    bands: tuple[Band, ...] = ()


class ProgressOptions(_Part, frozen=True):
    """How far each row is on its way to `target`; one bar per row, named by the column `label`."""

    value: ResultColumn | None = None
    label: ResultColumn | None = None
    target: float | None = None
    target_column: ResultColumn | None = None
    better: Better | None = None
    bands: tuple[Band, ...] = ()


class SparklineOptions(_Part, frozen=True):
    """A line without axes, with its newest value as a number."""

    x: ResultColumn | None = None
    y: ResultColumn | None = None
    fill: bool = True


class HeatmapOptions(_Part, frozen=True):
    """A cell per pair of `x` and `y`, coloured by `value`. The axis kinds decide names and order."""

    x: ResultColumn | None = None
    y: ResultColumn | None = None
    value: ResultColumn | None = None
    x_axis: AxisKind = "category"
    y_axis: AxisKind = "category"
    scale: Scale = Scale()
    labels: bool = False


class MapPoints(_Part, frozen=True):
    """A dot per row of the widget's own query."""

    lat: ResultColumn
    lon: ResultColumn
    label: ResultColumn | None = None
    size: ResultColumn | None = None
    color: ResultColumn | None = None


class MapRoutes(_Part, frozen=True):
    """An arc per row of the part `routes`; `value` gives its width, `color` its colour."""

    part: ClassVar[str | None] = "routes"

    from_lat: ResultColumn
    from_lon: ResultColumn
    to_lat: ResultColumn
    to_lon: ResultColumn
    label: ResultColumn | None = None
    value: ResultColumn | None = None
    color: ResultColumn | None = None


class MapAreas(_Part, frozen=True):
    """A filled region per row of the widget's own query: `id` is its name (in the US also its postal code)."""

    id: ResultColumn
    value: ResultColumn


class MapOptions(_Part, frozen=True):
    """Places, the routes between them and filled regions. `scale` colours all of them."""

    region: Literal["us", "world"] = "world"
    points: MapPoints | None = None
    routes: MapRoutes | None = None
    areas: MapAreas | None = None
    scale: Scale = Scale()


class ScatterOptions(_Part, frozen=True):
    """A dot per row."""

    x: ResultColumn
    y: ResultColumn
    size: ResultColumn | None = None
    color: ResultColumn | None = None
    label: ResultColumn | None = None
    thresholds: tuple[Threshold, ...] = ()


class HistogramOptions(_Part, frozen=True):
    """Counts per bin. `bin` is the bin's lower edge, made by the query; `width` is in the same unit."""

    bin: ResultColumn
    value: ResultColumn | None = None
    width: Annotated[float, msgspec.Meta(gt=0)] | None = None
    unit: str | None = None
    thresholds: tuple[Threshold, ...] = ()


class FunnelOptions(_Part, frozen=True):
    """Steps in the order of the rows (`step`, `value`), or one step per measure (`steps`)."""

    step: ResultColumn | None = None
    value: ResultColumn | None = None
    steps: tuple[ResultColumn, ...] = ()


class CohortOptions(_Part, frozen=True):
    """A triangle: a row per `cohort`, a column per `period` since it began."""

    cohort: ResultColumn
    period: ResultColumn
    value: ResultColumn
    scale: Scale = Scale()


class TreemapOptions(_Part, frozen=True):
    """Nested rectangles by the columns of `path`, outermost first, sized by `value`."""

    path: tuple[ResultColumn, ...]
    value: ResultColumn
    color: ResultColumn | None = None
    scale: Scale = Scale()


class SankeyOptions(_Part, frozen=True):
    """A ribbon per row from `source` to `target`, as wide as `value`."""

    source: ResultColumn
    target: ResultColumn
    value: ResultColumn


class TextOptions(_Part, frozen=True):
    """Markdown; HTML in it is shown as text."""

    markdown: Annotated[str, msgspec.Meta(max_length=20_000)]


class AlertsOptions(_Part, frozen=True):
    """The newest alerts."""

    limit: Annotated[int, msgspec.Meta(ge=1, le=100)] = 10


class StatusRule(_Part, frozen=True):
    """Holds when the row's value compares so with `value`; `word` is what people read."""

    when: Literal[">=", ">", "<=", "<", "==", "!="]
    value: float
    state: State
    word: str


class StatusOptions(_Part, frozen=True):
    """A lamp with a word per row: the first rule that holds decides, no rule means unknown."""

    value: ResultColumn | None = None
    label: ResultColumn | None = None
    rules: tuple[StatusRule, ...] = ()


Options = (
    KpiOptions
    | LineOptions
    | AreaOptions
    | BarOptions
    | PieOptions
    | TableOptions
    | GaugeOptions
    | ProgressOptions
    | SparklineOptions
    | HeatmapOptions
    | MapOptions
    | ScatterOptions
    | HistogramOptions
    | FunnelOptions
    | CohortOptions
    | TreemapOptions
    | SankeyOptions
    | TextOptions
    | AlertsOptions
    | StatusOptions
)

OPTIONS: Final[dict[WidgetKind, type[Options]]] = {
    WidgetKind.KPI: KpiOptions,
    WidgetKind.LINE: LineOptions,
    WidgetKind.AREA: AreaOptions,
    WidgetKind.BAR: BarOptions,
    WidgetKind.PIE: PieOptions,
    WidgetKind.TABLE: TableOptions,
    WidgetKind.GAUGE: GaugeOptions,
    WidgetKind.PROGRESS: ProgressOptions,
    WidgetKind.SPARKLINE: SparklineOptions,
    WidgetKind.HEATMAP: HeatmapOptions,
    WidgetKind.MAP: MapOptions,
    WidgetKind.SCATTER: ScatterOptions,
    WidgetKind.HISTOGRAM: HistogramOptions,
    WidgetKind.FUNNEL: FunnelOptions,
    WidgetKind.COHORT: CohortOptions,
    WidgetKind.TREEMAP: TreemapOptions,
    WidgetKind.SANKEY: SankeyOptions,
    WidgetKind.TEXT: TextOptions,
    WidgetKind.ALERTS: AlertsOptions,
    WidgetKind.STATUS: StatusOptions,
}

PARTS: Final[dict[WidgetKind, frozenset[str]]] = {
    WidgetKind.KPI: frozenset({"trend"}),
    WidgetKind.MAP: frozenset({"routes"}),
}
"""The parts a kind knows; the kinds not named know none."""

WITHOUT_QUERY: Final = frozenset({WidgetKind.TEXT, WidgetKind.ALERTS})
"""Kinds that ask nothing."""
