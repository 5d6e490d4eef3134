"""`nowboard doctor --audit`: is the audit log what was written?"""

from __future__ import annotations

from nowboard.cli.checks import Check
from nowboard.errors import BadRequest
from nowboard.records.chain import ChainReport, verify_chain
from nowboard.records.connections import shown
from nowboard.records.database import Records, versions
from nowboard.settings import Settings

_HASH_DIGITS = 64


def examine_audit(settings: Settings, known: str | None = None) -> Check:
    """Verify the whole chain; `known` is `NUMBER:HASH` as an earlier run has printed it. Raises `BadRequest`."""
    noted = None if known is None else _parse(known)
    if settings.records_url is None and not settings.records_path.is_file():
        return Check("audit", "note", "there is none yet")
    current, newest = versions(settings.records)
    if current != newest:
        return Check("audit", "problem", f"{shown(settings.records)} has schema {current}; start the server once")
    records = Records(settings.records)
    try:
        return _told(records.call(verify_chain, noted))
    finally:
        records.close()


def _told(report: ChainReport) -> Check:
    if report.broken is not None:
        return Check("audit", "problem", f"entry {report.broken} is not what was written: {report.reason}")
    text = f"{report.entries} entries, the newest is {report.number}:{report.hash}"
    return Check(
        "audit", "ok", text if not report.pruned else f"{text}; retention has removed those up to {report.pruned}"
    )


def _parse(known: str) -> tuple[int, str]:
    number, _, digest = known.partition(":")
    if not number.isdecimal() or len(digest) != _HASH_DIGITS or set(digest.lower()) - set("0123456789abcdef"):
        raise BadRequest(f"{known!r} is not NUMBER:HASH as `doctor --audit` prints it", code="bad_body")
    return int(number), digest.lower()
