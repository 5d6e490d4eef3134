"""The one error tree.

Every failure that a caller can see is a `NowboardError` with a stable `code`. The same code travels in HTTP bodies,
in `error` messages on sockets and in CLI output; the HTTP status, the socket close code and whether trying again can
help are properties of the class, so no transport decides them anew.

    NowboardError
    ├── BadRequest           400  the caller must change the request
    │   ├── BadQuery              a query does not parse, type-check or pass the guard; names the place
    │   ├── BadDocument           a file or document is not valid; names file and line
    │   └── UnsupportedMedia 415  the Content-Type or Content-Encoding is not one of ours
    ├── Unauthenticated      401  sign in first                        close 4401
    ├── Forbidden            403  signed in, but not allowed           close 4403
    ├── NotFound             404
    ├── Conflict             409
    ├── PreconditionFailed   412  the object changed since it was read
    ├── PreconditionRequired 428  a change must say what it was made from
    ├── TooLarge             413  a cap was passed                     close 1009
    ├── Unprocessable        422
    ├── LimitExceeded        429  retry after a pause                  close 4429
    ├── QueryTimeout         504  a query passed its time limit
    ├── QueryCancelled       499  nobody waits for the query any more
    └── Unavailable          503  retry after a pause                  close 1013
        └── StorageFull           the journal cannot acknowledge
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar


class NowboardError(Exception):
    """Base of every failure a caller can see.

    `code` is stable, snake_case and documented in docs/reference/errors.md. `message` says in plain words what is
    wrong and what to do. `detail` is JSON data for programs (a position, a list of allowed values).
    """

    default_code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500
    close_code: ClassVar[int] = 1011
    retry: ClassVar[bool] = False

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        detail: Mapping[str, Any] | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.default_code
        self.detail = dict(detail) if detail else None
        self.retry_after = retry_after


class BadRequest(NowboardError):
    """The request is not valid; sending it again unchanged fails again."""

    default_code = "bad_request"
    status = 400
    close_code = 1008


class BadQuery(BadRequest):
    """A query does not parse, does not fit the stream's types or is refused by the guard.

    `detail` may hold `part` (which member of the query, such as `measures[1].sql`), `line`, `column` and `hint`.
    """

    default_code = "bad_query"


class BadDocument(BadRequest):
    """A dashboard, pack or definition is not valid. `detail` may hold `file`, `line`, `path` and `hint`."""

    default_code = "bad_document"


class UnsupportedMedia(BadRequest):
    """The Content-Type or Content-Encoding is not one of ours. `detail` holds `allowed`."""

    default_code = "unsupported_media"
    status = 415


class Unauthenticated(NowboardError):
    """Nobody is signed in, or the credential is unknown, expired or revoked."""

    default_code = "unauthenticated"
    status = 401
    close_code = 4401


class Forbidden(NowboardError):
    """The principal is known and may not do this."""

    default_code = "forbidden"
    status = 403
    close_code = 4403


class NotFound(NowboardError):
    """No such object, or none that this principal may know of."""

    default_code = "not_found"
    status = 404
    close_code = 1008


class Conflict(NowboardError):
    """The object exists already or is in a state that does not allow this."""

    default_code = "conflict"
    status = 409
    close_code = 1008


class PreconditionFailed(NowboardError):
    """The object changed since the caller read it. `detail` may hold both sides: `yours` and `theirs`."""

    default_code = "precondition_failed"
    status = 412
    close_code = 1008


class PreconditionRequired(NowboardError):
    """A change of something that others change too must name what it was made from (`If-Match`)."""

    default_code = "precondition_required"
    status = 428
    close_code = 1008


class TooLarge(NowboardError):
    """A body, decoded size, depth, key count or message is over its cap. `detail` holds `limit`."""

    default_code = "too_large"
    status = 413
    close_code = 1009


class Unprocessable(NowboardError):
    """The request is well formed, but nothing in it could be accepted."""

    default_code = "unprocessable"
    status = 422
    close_code = 1008


class LimitExceeded(NowboardError):
    """A rate or count limit was passed; `retry_after` is in seconds."""

    default_code = "limit_exceeded"
    status = 429
    close_code = 4429
    retry = True


class QueryTimeout(NowboardError):
    """A query ran past its time limit and was cancelled."""

    default_code = "query_timeout"
    status = 504
    close_code = 1008
    retry = True


class QueryCancelled(NowboardError):
    """The query was cancelled because nobody waits for it. The status is nginx's 499, client closed request."""

    default_code = "query_cancelled"
    status = 499
    close_code = 1008


class Unavailable(NowboardError):
    """The service cannot do this now; `retry_after` is in seconds."""

    default_code = "unavailable"
    status = 503
    close_code = 1013
    retry = True


class StorageFull(Unavailable):
    """The journal could not make an event durable, so it was not acknowledged."""

    default_code = "storage_full"


def with_hint(message: str, hint: object) -> str:
    """A message with what its error's detail says to do, as whole sentences; without a hint, the message."""
    if not hint:
        return message
    end = "" if str(hint).endswith((".", "?")) else "."
    return f"{message} Hint: {hint}{end}"
