"""Two tenants in one store: every field of tenant B's rows holds a canary. And questions that tenant A may think of."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import msgspec
import pyarrow as pa

from nowboard.clock import MINUTE, Micros
from nowboard.model.arrow import schema_of, table_schema
from nowboard.model.events import Definition, Events, RecordKind
from nowboard.model.fields import Field, FieldType, Role
from nowboard.model.scopes import Predicate, Scope
from nowboard.model.streams import Join, Metric, Stream, Table

NOW: Final[Micros] = 1_710_000_123_000_000
CANARY_TIME: Final[Micros] = int(datetime.fromisoformat("1999-07-17T07:17:17+00:00").timestamp() * 1_000_000)
CANARIES: Final = (
    "canary", "7771777", "7771.7775", "77717.77", "1999-07-17", str(CANARY_TIME // 1000), str(CANARY_TIME // 1_000_000),
)  # fmt: skip
"""What must not be seen: part of B's texts, its numbers and its times."""

VISITS = Stream(
    "visits",
    "ts",
    (
        Field("ts", FieldType.TIMESTAMP, Role.TIME),
        Field("tenant", FieldType.STRING),
        Field("site", FieldType.STRING),
        Field("person", FieldType.STRING, pii="name"),
        Field("email", FieldType.STRING, pii="email"),
        Field("qty", FieldType.INTEGER, Role.MEASURE),
        Field("price", FieldType.FLOAT, Role.MEASURE),
        Field("total", FieldType.DECIMAL, Role.MEASURE),
        Field("ok", FieldType.BOOLEAN),
        Field("seen", FieldType.TIMESTAMP),
        Field("extra", FieldType.JSON),
    ),
    joins=(Join("place", "places", {"id": "site"}), Join("vault", "vaults", {"id": "site"})),
)
LEDGER = Stream("ledger", "ts", (Field("ts", FieldType.TIMESTAMP, Role.TIME), Field("canary_note", FieldType.STRING)))
PLACES = Table(
    "places",
    ("id",),
    (
        *(Field(name, FieldType.STRING) for name in ("id", "city", "owner", "secret")),
        Field("size", FieldType.INTEGER),
    ),
)
VAULTS = Table("vaults", ("id",), (Field("id", FieldType.STRING), Field("canary_code", FieldType.STRING)))
METRICS = (
    Metric("visits_total", "visits", "count(*)"),
    Metric("revenue", "visits", "sum(total)", unit="EUR"),
    Metric("canary_metric", "ledger", "count(*)"),
)
SCOPE: Final = Scope(
    streams={"visits": Predicate("tenant = :tenant"), "places": Predicate("owner in (:owners)")},
    attributes={"tenant": "a", "owners": ["a", "both"]},
    masks={"email": "hash", "name": "partial"},
)
"""Tenant A."""


def rows(*, with_b: bool, count: int = 60) -> list[dict[str, Any]]:
    """The visits: A's, with B's between them."""
    chance = random.Random(7)
    made: list[dict[str, Any]] = []
    for number in range(count):
        at = NOW - chance.randrange(180) * MINUTE
        mine = {
            "ts": at,
            "tenant": "a",
            "site": chance.choice(["a1", "a2", "b1", None]),
            "person": chance.choice(["Ann", "Abe", None]),
            "email": f"a{chance.randrange(5)}@example.org",
            "qty": chance.choice([None, 0, 1, 2, 3]),
            "price": chance.choice([None, 0.5, 2.25, 8.0]),
            "total": Decimal(chance.randrange(0, 5000)) / 100,
            "ok": chance.choice([True, False, None]),
            "seen": at - chance.randrange(100) * MINUTE,
            "extra": chance.choice(['{"k": 1}', None]),
        }
        made.append(mine)
        if with_b:
            made += [_canary(number, at), _canary(number, CANARY_TIME)]
    return made


def _canary(number: int, at: Micros) -> dict[str, Any]:
    return {
        "ts": at,
        "tenant": f"canary-tenant-{number % 3}",
        "site": ("b1", "canary-site")[number % 2],
        "person": f"Canary {number}",
        "email": f"canary{number}@example.org",
        "qty": 7_771_777,
        "price": 7771.7775,
        "total": Decimal("77717.77"),
        "ok": number % 2 == 0,
        "seen": CANARY_TIME,
        "extra": '{"canary": 7771777}',
    }


def contents(*, with_b: bool) -> list[Events | Definition]:
    """Definitions and events of a world, with or without tenant B."""
    encode = msgspec.json.encode
    places: list[dict[str, Any]] = [
        {"id": "a1", "city": "Oslo", "owner": "a", "secret": "s1", "size": 1},
        {"id": "a2", "city": "Bergen", "owner": "both", "secret": None, "size": 2},
    ]
    if with_b:
        for key in ("b1", "canary-site"):
            places.append(
                {"id": key, "city": "canary city", "owner": "canary-b", "secret": "canary secret", "size": 7_771_777}
            )
    # the stream that both share has the same definition for both, its joins included
    made: list[Events | Definition] = [
        Definition(RecordKind.TABLE, "places", encode(PLACES), pa.Table.from_pylist(places, table_schema(PLACES))),
        Definition(RecordKind.STREAM, "visits", encode(VISITS)),
        *(Definition(RecordKind.METRIC, each.name, encode(each)) for each in METRICS if each.stream == "visits"),
    ]
    if with_b:
        vaults = [{"id": "a1", "canary_code": "canary code"}, {"id": "b1", "canary_code": "canary code"}]
        made += [
            Definition(RecordKind.TABLE, "vaults", encode(VAULTS), pa.Table.from_pylist(vaults, table_schema(VAULTS))),
            Definition(RecordKind.STREAM, "ledger", encode(LEDGER)),
            Definition(RecordKind.METRIC, "canary_metric", encode(METRICS[2])),
            _events(LEDGER, [{"ts": NOW - MINUTE, "canary_note": "canary note"}]),
        ]
    visits = rows(with_b=with_b)
    return [*made, *(_events(VISITS, visits[start : start + 30]) for start in range(0, len(visits), 30))]


def _events(stream: Stream, content: Sequence[Mapping[str, Any]]) -> Events:
    batch = pa.RecordBatch.from_pylist([dict(row) for row in content], schema=schema_of(stream))
    return Events(stream.name, batch, received_at=NOW)


SCALARS = (
    "tenant", "site", "person", "email", "ok", "qty", "extra", "place.city", "place.owner", "place.secret",
    "place.size", "upper(place.city)", "coalesce(place.owner, site)", "left(person, 3)", "lower(email)",
    "length(email)",
    "hour(ts)", "date_trunc('day', ts)", "year(seen)", "qty > 2", "qty % 2", "extra->>'canary'", "extra->>'k'",
    "case when tenant = 'a' then 'mine' else tenant end", "concat(tenant, '/', site)", "strftime(seen, '%Y-%m-%d')",
    "vault.canary_code", "canary_note", "ledger.canary_note", "visit", "_seq", "place.nothing",
)  # fmt: skip
NUMBERS = (
    "qty",
    "price",
    "total",
    "place.size",
    "qty * price",
    "total / nullif(qty, 0)",
    "cast(extra->>'canary' as integer)",
)
ORDERED = (*NUMBERS, "ts", "seen", "tenant", "person", "email", "site", "place.city", "place.secret")
CONDITIONS = (
    "true", "tenant <> 'a'", "tenant = 'a' or true", "not (tenant = 'a')", "qty > 1", "ok", "ok or not ok",
    "ok is null", "site = 'b1'", "place.city is null", "place.owner <> 'a'", "email like '%canary%'",
    "person like 'C%'",
    "total > 100", "year(ts) < 2000", "place.secret is not null", "1 = 1 or 1 / qty > 0", "place.size > 5",
    "coalesce(place.secret, 'x') = 'x'", "regexp_matches(email, 'canary')", "seen < ts", "vault.canary_code is null",
)  # fmt: skip
AGGREGATES = ("sum({n})", "avg({n})", "min({o})", "max({o})", "count({s})", "count(distinct {s})", "median({n})",
    "stddev_samp({n})", "quantile_cont({n}, 0.9)", "first({o})", "last({o})", "sum({n}) filter (where {c})",
    "count(*) filter (where {c})", "arg_max({s}, ts)", "string_agg({t}, ',' order by {t})", "bool_or({c})",
    "count_if({c})", "count(*)", "visits_total", "revenue", "canary_metric", "revenue / visits_total")  # fmt: skip
TEXTS = ("tenant", "site", "person", "email", "place.city", "place.secret")
WINDOWS = ({"all": True}, {"last": "1h"}, {"last": "3h"}, {"since": "day"}, {"since": "year"},
    {"from": "1999-01-01", "to": "2000-01-01"}, {"from": "2024-03-09T12:00:00Z"})  # fmt: skip


class Asker:
    """Makes up questions, the same ones for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def questions(self, count: int) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """Queries with the filters that go with them."""
        for _ in range(count):
            kind = self._chance.random()
            if kind < 0.55:
                yield self.metric_query(), self._filters()
            elif kind < 0.65:
                yield self.values(), {}
            else:
                yield self.sql(), self._filters()

    def values(self) -> dict[str, Any]:
        """What a filter's drop-down asks."""
        field = self._pick(SCALARS[:12])
        return {"stream": "visits", "measures": ["count(*)"], "by": [field], "window": {"all": True}, "limit": 200}

    def metric_query(self) -> dict[str, Any]:
        """A metric query over any members."""
        chance = self._chance
        stream = chance.choices(["visits", "ledger", "visitz", "canary"], [94, 2, 2, 2])[0]
        found: dict[str, Any] = {"stream": stream, "measures": self._measures(), "window": self._pick(WINDOWS)}
        found["by"] = chance.sample(SCALARS[:24], chance.choice([0, 0, 1, 1, 2]))
        if chance.random() < 0.1:
            found["by"].append(self._pick(SCALARS))
        if chance.random() < 0.4:
            found["where"] = self._condition()
        if chance.random() < 0.35 and found["window"] != {"since": "year"}:
            found["grain"] = self._pick(["1h", "15m", "1d"] if "all" not in found["window"] else ["1d", "1mo", "1y"])
            found["fill"] = self._pick(["natural", "zero", "null", "none"])
        if chance.random() < 0.2 and "all" not in found["window"]:
            found["compare"] = {"shift": self._pick(["1h", "1d", "window"])}
        if chance.random() < 0.3:
            found["timezone"] = self._pick(["Europe/Oslo", "Asia/Kolkata", "UTC"])
        if chance.random() < 0.15:
            found["having"] = "m0 is not null"
        return found

    def sql(self) -> dict[str, Any]:
        """A statement; its rows are compared as a set, so it never cuts them."""
        chance = self._chance
        scalars = [self._pick(SCALARS[:24]) for _ in range(chance.choice([1, 2, 3]))]
        plain = [text for text in scalars if "place." not in text] or ["tenant"]
        listed = ", ".join(plain)
        relation = chance.choices(["visits", "places", "ledger", "vaults", "stream_visits", "VISITS", "main.visits"],
            [70, 12, 4, 4, 3, 5, 2])[0]  # fmt: skip
        condition = self._pick([each for each in CONDITIONS if "." not in each or "'" in each.partition(".")[0]])
        if relation == "places":
            plain, listed, condition = ["city"], "id, city, owner, secret, size", "owner <> 'a' or size > 0"
        forms = (
            f"select {listed} from {relation} where {condition}",
            f"select * from {relation}",
            f"select count(*), min({plain[0]}), max({plain[0]}) from {relation}",
            f"select {listed}, count(*) from {relation} group by all",
            f"select distinct {listed} from {relation} where {condition} or true",
            f"with mine as (select * from {relation}) select {listed} from mine where {condition}",
            f"with ledger as (select * from {relation}) select * from ledger",
            f"select {plain[0]} from {relation} union select city from places",
            f"select {plain[0]} from {relation} except select 'x'",
            f"select p.city, p.secret, count(*) from {relation} v left join places p on true group by 1, 2",
            f"select v.tenant, w.tenant from {relation} v join visits w on v.qty < w.qty",
            f"select {plain[0]} from {relation} where exists (select 1 from visits x where x.tenant <> 'a')",
            f"select (select max(total) from visits), (select count(*) from {relation})",
            f"select {listed} from {relation} -- where tenant = 'a'",
            f"select {listed} from {relation} /* or */ where ({condition}) or (1 = 1)",
            f"select max({plain[0]}) over () from {relation}",
            f"select {plain[0]} from {relation} qualify row_number() over (order by {plain[0]}) < 1000",
            f"select n from (select {plain[0]} as n from {relation}) t",
            f"select t from {relation} t",
            f"explain select * from {relation}",
            f"select * from {relation}; select 1",
        )
        return {"sql": self._pick(forms)}

    def _measures(self) -> list[dict[str, Any]]:
        made = []
        for place in range(self._chance.choice([1, 1, 2, 3])):
            text = self._pick(AGGREGATES).format(
                n=self._pick(NUMBERS), o=self._pick(ORDERED), s=self._pick(SCALARS[:24]), t=self._pick(TEXTS),
                c=self._condition(),
            )  # fmt: skip
            made.append({"name": f"m{place}", "sql": text})
        return made

    def _condition(self) -> str:
        first = self._pick(CONDITIONS)
        return first if self._chance.random() < 0.7 else f"({first}) or ({self._pick(CONDITIONS)})"

    def _filters(self) -> dict[str, Any]:
        if self._chance.random() < 0.75:
            return {}
        found: dict[str, Any] = self._pick(
            [
                {"tenant": ["a", "canary-tenant-1"]},
                {"tenant": ["canary-tenant-0"]},
                {"qty": {"min": 2}},
                {"qty": {"min": 7_000_000}},
                {"place.city": ["Oslo", None]},
                {"site": ["b1"]},
                {"email": ["canary1@example.org"]},
                {"vault.canary_code": ["x"]},
                {"nothing": [1]},
            ]
        )
        return found

    def _pick(self, choices: Sequence[Any]) -> Any:
        return self._chance.choice(choices)


def has_canary(shown: object) -> bool:
    """Whether any value of tenant B is in what was shown."""
    text = (shown.decode("utf-8", "replace") if isinstance(shown, bytes) else str(shown)).lower()
    return any(canary in text for canary in CANARIES)
