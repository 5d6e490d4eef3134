"""What the reference says about errors and ingest is what the code does."""

from __future__ import annotations

import re
from pathlib import Path

from nowboard import errors
from nowboard.errors import NowboardError
from nowboard.ingest.limits import MIB, IngestLimits
from nowboard.ingest.reasons import DropReason

ROOT = Path(__file__).parents[2]
CODE = re.compile(r'(?:\bcode=|default_code(?:: ClassVar\[str\])? = )"([a-z0-9_]+)"')


def codes_in_tables(page: str) -> set[str]:
    text = (ROOT / "docs" / "reference" / page).read_text(encoding="utf-8")
    return set(re.findall(r"^\| `([a-z0-9_]+)` \|", text, re.MULTILINE))


def test_every_error_code_is_documented_and_exists() -> None:
    sources = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "src" / "nowboard").rglob("*.py"))]
    used = {code for source in sources for code in CODE.findall(source)}
    assert codes_in_tables("errors.md") == used


def test_every_drop_reason_is_documented_and_exists() -> None:
    text = (ROOT / "docs" / "reference" / "ingest.md").read_text(encoding="utf-8")
    section = text.partition("## Rejected events")[2].partition("\n## ")[0]
    assert set(re.findall(r"^\| `([a-z_]+)` \|", section, re.MULTILINE)) == {reason.value for reason in DropReason}


def test_the_documented_limits_are_the_defaults() -> None:
    limits = IngestLimits()
    text = (ROOT / "docs" / "reference" / "ingest.md").read_text(encoding="utf-8")
    for line in (
        f"| body | {limits.body_bytes // MIB} MiB |",
        f"| unpacked body | {limits.decoded_bytes // MIB} MiB |",
        f"| unpacked to packed, from 1 MiB on | {limits.ratio} to 1 |",
        f"| events in a request | {limits.rows:,} |",
        f"| nesting | {limits.depth} |",
        f"| members of an object, columns of an Arrow body | {limits.keys:,} |",
    ):
        assert line in text


def test_statuses_and_close_codes_fit_each_other() -> None:
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, NowboardError)]
    assert len(kinds) > 15
    for kind in kinds:
        assert kind.retry == (kind.status in (429, 503, 504)), kind
        expected = {401: 4401, 403: 4403, 413: 1009, 429: 4429, 503: 1013, 500: 1011}.get(kind.status, 1008)
        assert kind.close_code == expected, kind
