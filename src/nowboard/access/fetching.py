"""Small JSON documents from addresses that the settings name. Nothing else is ever fetched."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import httpx
import msgspec

from nowboard.errors import Unavailable

_SECONDS: Final = 5.0
_BYTES: Final = 256 * 1024


async def fetch_json(
    url: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """The JSON object at `url`; with `form`, the answer to posting it. Redirects are not followed.

    Raises `Unavailable` for anything else than an object of reasonable size with status 200, within some seconds.
    """
    method = "GET" if form is None else "POST"
    given = {"Accept": "application/json", **(headers or {})}
    try:
        async with (
            httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False) as client,
            client.stream(method, url, data=form, headers=given) as response,
        ):
            body = bytearray()
            async for chunk in response.aiter_bytes():
                body += chunk
                if len(body) > _BYTES:
                    raise _failed(url, f"it is larger than {_BYTES} bytes")
            if response.status_code != 200:
                raise _failed(url, f"status {response.status_code}")
            return msgspec.json.decode(bytes(body), type=dict[str, Any])
    except (httpx.HTTPError, httpx.InvalidURL, msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _failed(url, type(error).__name__) from error


def _failed(url: str, why: str) -> Unavailable:
    return Unavailable(f"{url.partition('?')[0]} cannot be read: {why}", code="issuer_unavailable", retry_after=10.0)
