"""Why an event is not accepted: the closed list."""

from __future__ import annotations

from enum import Enum

from nowboard.model.events import Rejection


class DropReason(Enum):
    """The codes of rejected events. Each is documented in docs/reference/ingest.md and counted under its name."""

    MALFORMED = "malformed"
    NOT_AN_OBJECT = "not_an_object"
    WRONG_TYPE = "wrong_type"
    OUT_OF_RANGE = "out_of_range"
    NOT_FINITE = "not_finite"
    BAD_TIME = "bad_time"
    BAD_TEXT = "bad_text"
    TEXT_TOO_LONG = "text_too_long"
    EVENT_TOO_LARGE = "event_too_large"
    BAD_EVENT_ID = "bad_event_id"
    UNKNOWN_FIELD = "unknown_field"
    BAD_NAME = "bad_name"
    TOO_MANY_FIELDS = "too_many_fields"
    MISSING_TIME = "missing_time"
    IN_FUTURE = "in_future"
    OUT_OF_SCOPE = "out_of_scope"


class Refused(ValueError):
    """One value or event cannot be accepted; everything else of the request can."""

    def __init__(self, reason: DropReason, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason
        self.message = message
        self.field = field

    def at(self, index: int) -> Rejection:
        """This refusal as the answer for event `index` of a request."""
        return Rejection(index, self.reason.value, self.message, self.field)
