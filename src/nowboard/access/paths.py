"""Where a browser may be sent after it signed in: a page of this server, whatever the link said."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit

HOME_PATH: Final = "/"
_LONGEST: Final = 2_000


def own_path(wanted: str | None) -> str:
    """`wanted` if it is a path on this server and nothing else, and `/` for everything else.

    Browsers read `\\` as `/`, skip tabs and line ends, and take `//host` for another server.
    """
    if not wanted or len(wanted) > _LONGEST or not wanted.startswith("/") or wanted.startswith("//"):
        return HOME_PATH
    if not wanted.isascii() or not wanted.isprintable() or "\\" in wanted or " " in wanted:
        return HOME_PATH
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return HOME_PATH
    plain = not parts.scheme and not parts.netloc and parts.path.startswith("/") and not parts.path.startswith("//")
    # dots and encoded separators are for who wants to be somewhere else than it looks
    hidden = any(mark in parts.path.lower() for mark in ("/..", "/./", "//", "%2f", "%5c", "%2e", "%00"))
    if not plain or hidden or parts.path.startswith("/api/"):
        return HOME_PATH
    return parts.path + (f"?{parts.query}" if parts.query else "")
