"""Whether a request that carries our cookie was made by our own page."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import urlsplit

from nowboard.errors import Forbidden

_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}


def check_origin(headers: Mapping[str, str], allowed: Collection[str] = ()) -> None:
    """Refuse requests from foreign pages, and those that do not say where they come from. Raises `Forbidden`.

    `headers` has lower-case names. `Origin` decides; where a browser leaves it out (same-origin GET), `Sec-Fetch-Site`
    does, and on plain HTTP, where that is missing too, `Referer`. `allowed` names further origins.
    """
    origin = headers.get("origin")
    if origin is None:
        site = headers.get("sec-fetch-site")
        if site == "same-origin":
            return
        origin = headers.get("referer") if site is None else None
    if origin is None or not (_is_ours(origin, headers.get("host", "")) or _plain(origin) in allowed):
        raise Forbidden("the request does not come from this server's own page", code="bad_origin")


def _is_ours(origin: str, host: str) -> bool:
    # the scheme is not compared: behind a proxy that ends TLS we do not see it
    try:
        parts = urlsplit(origin)
        own = urlsplit(f"{parts.scheme}://{host}")
        default = _DEFAULT_PORTS.get(parts.scheme)
        same_port = (parts.port or default) == (own.port or default)
    except ValueError:
        return False
    return bool(parts.hostname) and default is not None and parts.hostname == own.hostname and same_port


def _plain(origin: str) -> str:
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    return f"{parts.scheme}://{parts.netloc}".lower()
