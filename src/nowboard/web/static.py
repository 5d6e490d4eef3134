"""The built page: files from memory, compressed once, with the right caching; and the page for every other path."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from nowboard.errors import NotFound

FOLDER: Final = Path(__file__).parent / "static"
_HASHED: Final = re.compile(r"[-.][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_ASK_EACH_TIME: Final = "no-cache"
_WORTH_COMPRESSING: Final = re.compile(r"text/|application/(javascript|json|manifest)|image/svg")
_TYPES: Final = {
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".woff2": "font/woff2",
    ".map": "application/json",
}
_NOT_THE_PAGE: Final = ("api/", "health/", "socket.io/")
_NOT_PAGES: Final = ("api", "health", "metrics", "socket.io")
_NONCE_MARK: Final = b"</head>"

_MISSING: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Nowboard</title></head>
<body><h1>Nowboard is running</h1>
<p>The page has not been built yet. In a source checkout, run <code>make web</code> and reload; an installed package
brings it along.</p>
<p>The API works without it: <a href="/api/v1/docs">documentation</a>, <a href="/health/ready">health</a>.</p>
</body></html>
"""


def content_policy(nonce: str, frames: str = "'self'") -> str:
    """The page's Content-Security-Policy: only our own files; the nonce lets the component library add its styles.

    `frames` are the sources that may show the page in a frame.
    """
    return (
        "default-src 'none'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; font-src 'self'; connect-src 'self'; "
        "manifest-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'self'; "
        f"frame-ancestors {frames}"
    )


@dataclass(frozen=True)
class _File:
    body: bytes
    packed: bytes | None
    kind: str
    etag: str
    caching: str


class StaticFiles:
    """The files of a folder, read when first asked for. A folder that is missing serves a page that says so."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._folder = folder.resolve()
        self._files: dict[str, _File] = {}

    def page(self, frames: str = "'self'") -> Response:
        """The page, with a fresh nonce. Every path of the page's own routes gets it. `frames` may frame it."""
        index = self._folder / "index.html"
        nonce = secrets.token_urlsafe(16)
        body = index.read_bytes() if index.is_file() else _MISSING.encode()
        meta = f'<meta name="csp-nonce" content="{nonce}">'.encode()
        return Response(
            body.replace(_NONCE_MARK, meta + _NONCE_MARK, 1),
            media_type="text/html",
            headers={"Content-Security-Policy": content_policy(nonce, frames), "Cache-Control": "no-store"},
        )

    def file(self, path: str, request: Request) -> Response | None:
        """The file at `path`, or None when there is none."""
        found = self._find(path)
        if found is None:
            return None
        headers = {"ETag": found.etag, "Cache-Control": found.caching, "Vary": "Accept-Encoding"}
        if request.headers.get("if-none-match") == found.etag:
            return Response(status_code=304, headers=headers)
        if found.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
            return Response(found.packed, media_type=found.kind, headers={**headers, "Content-Encoding": "gzip"})
        return Response(found.body, media_type=found.kind, headers=headers)

    def _find(self, path: str) -> _File | None:
        known = self._files.get(path)
        if known is not None:
            return known
        file = (self._folder / path).resolve()
        if not file.is_relative_to(self._folder) or not file.is_file() or file.name == "index.html":
            return None
        self._files[path] = loaded = _load(file)
        return loaded


class PageApp:
    """What answers when no route does: files where there are some, the page for its own paths, 404 for the rest."""

    def __init__(self, files: StaticFiles) -> None:
        self._files = files

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        path = request.url.path.removeprefix("/")
        if request.method not in ("GET", "HEAD") or path.startswith(_NOT_THE_PAGE) or path in _NOT_PAGES:
            raise NotFound(f"there is nothing at /{path}", code="no_such_route")
        found = self._files.file(path, request) if path else None
        if found is None and path.startswith("assets/"):
            raise NotFound(f"there is nothing at /{path}", code="no_such_route")
        await (found or self._files.page())(scope, receive, send)


def _load(file: Path) -> _File:
    body = file.read_bytes()
    kind = _TYPES.get(file.suffix) or mimetypes.guess_type(file.name)[0] or "application/octet-stream"
    packed = None
    if len(body) > 1024 and _WORTH_COMPRESSING.match(kind):
        # mtime 0: the same file gives the same bytes
        packed = gzip.compress(body, 9, mtime=0)
    hashed = file.parent.name == "assets" and _HASHED.search(file.name) is not None
    etag = f'"{hashlib.blake2b(body, digest_size=12).hexdigest()}"'
    return _File(body, packed, kind, etag, _FOR_EVER if hashed else _ASK_EACH_TIME)
