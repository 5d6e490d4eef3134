"""What a benchmark returns, and how it is printed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Line:
    """One measured thing: its samples in `unit`, and what it was compared with."""

    name: str
    unit: str
    samples: Sequence[float]
    note: str = ""

    @property
    def median(self) -> float:
        return median(self.samples)


@dataclass(frozen=True)
class Report:
    """A benchmark's lines. Ratios are to the line called `base`, in its unit; `reach` is the aim in words."""

    title: str
    lines: Sequence[Line]
    base: str | None = None
    reach: str = ""
    remarks: Sequence[str] = field(default_factory=tuple)


def number(value: float) -> str:
    """A number with four significant digits and thousands apart."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def show(report: Report, console: Console) -> None:
    """Print medians with their spread, and the ratio to the base."""
    base = next((line for line in report.lines if line.name == report.base), None)
    table = Table(title=report.title, caption=f"reach: {report.reach}" if report.reach else None, title_justify="left")
    for heading in ("", "median", "spread", "unit", "ratio", "note"):
        table.add_column(heading, justify="right" if heading in {"median", "spread", "ratio"} else "left")
    for line in report.lines:
        ratio = f"{line.median / base.median:.2f}" if base is not None and line.unit == base.unit else ""
        spread = f"{number(min(line.samples))} – {number(max(line.samples))}" if len(line.samples) > 1 else ""
        table.add_row(line.name, number(line.median), spread, line.unit, ratio, line.note)
    console.print(table)
    for remark in report.remarks:
        console.print(f"  {remark}")
    console.print()
