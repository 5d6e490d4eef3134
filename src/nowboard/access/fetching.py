"""Small JSON documents from addresses that the settings name. Nothing else is ever fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx
import msgspec

from nowboard.errors import Unavailable

_BYTES: Final = 256 * 1024
_HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


@dataclass(frozen=True)
class Patience:
    """`step` is for connecting and for each part of an answer, `whole` for everything together: an answer that comes
    drop by drop ends there. In seconds."""

    step: float = 5.0
    whole: float = 10.0


async def fetch_json(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    patience: Patience = Patience(),
) -> dict[str, Any]:
    """The JSON object at `url`; with `form`, the answer to posting it. Redirects are not followed.

    Raises `Unavailable` for anything else than an object of reasonable size with status 200, within some seconds.
    """
    try:
        async with asyncio.timeout(patience.whole):
            body = await _read(url, form, {**_HEADERS, **(headers or {})}, patience.step)
        return msgspec.json.decode(body, type=dict[str, Any])
    except TimeoutError as error:
        raise _failed(url, f"it does not answer within {patience.whole:g} seconds") from error
    # a few kilobytes of brackets are nested deeper than a decoder follows
    except (httpx.HTTPError, httpx.InvalidURL, ValueError, RecursionError) as error:
        raise _failed(url, type(error).__name__) from error


async def _read(url: str, form: Mapping[str, str] | None, headers: Mapping[str, str], step: float) -> bytes:
    """The body of an answer with status 200."""
    method = "GET" if form is None else "POST"
    async with (
        httpx.AsyncClient(timeout=step, follow_redirects=False) as client,
        client.stream(method, url, data=form, headers=headers) as response,
    ):
        if response.status_code != 200:
            raise _failed(url, f"status {response.status_code}")
        if response.headers.get("content-encoding", "identity") != "identity":
            raise _failed(url, "it is packed, though that was not asked for")  # a few bytes may unpack to gigabytes
        body = bytearray()
        async for chunk in response.aiter_raw():
            body += chunk
            if len(body) > _BYTES:
                raise _failed(url, f"it is larger than {_BYTES} bytes")
        return bytes(body)


def _failed(url: str, why: str) -> Unavailable:
    return Unavailable(f"{url.partition('?')[0]} cannot be read: {why}", code="issuer_unavailable", retry_after=10.0)
