"""Which passwords are refused: short ones and those that everybody tries first. Nothing about digits and signs."""

from __future__ import annotations

import unicodedata
from typing import Final

from nowboard.errors import BadRequest

SHORTEST: Final = 12
LONGEST: Final = 1024

_OBVIOUS: Final = frozenset(
    """
    password passw0rd passwort motdepasse contraseña wachtwoord letmein welcome iloveyou qwerty qwertyuiop azerty
    qwertz admin administrator root superuser nowboard dashboard changeme secret monkey dragon football baseball
    sunshine princess abc abcdef abcdefghijkl trustno1 master login user test default correcthorsebatterystaple
    zaq12wsx 1qaz2wsx 1q2w3e4r5t6y q1w2e3r4t5y6 qazwsxedcrfv asdfghjkl asdfghjklzxc zxcvbnm
    """.split()
)
_ROWS: Final = ("01234567890123456789", "abcdefghijklmnopqrstuvwxyz", "qwertyuiopasdfghjklzxcvbnm")


def check_password(password: str, *known: str) -> None:
    """Refuse a bad new password; `known` are the account's address and name. Raises `BadRequest`."""
    if not len(unicodedata.normalize("NFKC", password)) >= SHORTEST or len(password) > LONGEST:
        message = f"a password has {SHORTEST} to {LONGEST} characters; a few words you can remember are fine"
        raise BadRequest(message, code="weak_password", detail={"shortest": SHORTEST, "longest": LONGEST})
    if any("\ud800" <= character <= "\udfff" for character in password):
        raise BadRequest("the password holds what is no character", code="weak_password")
    if _is_obvious(password, known):
        message = "this password is one of the first that anybody tries; take a few words that only you put together"
        raise BadRequest(message, code="weak_password")


def _is_obvious(password: str, known: tuple[str, ...]) -> bool:
    text = "".join(password.casefold().split())
    core = text.strip("0123456789!?.,;:#*+-_$&@ ")
    given = {part for value in known for part in (value.casefold(), value.casefold().partition("@")[0]) if part}
    first = _OBVIOUS | given
    if text in first or core in first or _smallest_unit(core) in first:
        return True
    return len(set(text)) < 4 or _is_run(text)


def _is_run(text: str) -> bool:
    """A stretch of the keyboard or the alphabet, forwards or backwards."""
    return any(text in row or text in row[::-1] for row in _ROWS)


def _smallest_unit(text: str) -> str:
    """What `text` is a repetition of: `adminadmin` is `admin` twice."""
    at = (text + text).find(text, 1)
    return text[:at] if text else text
