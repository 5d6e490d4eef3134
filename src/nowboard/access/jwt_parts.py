"""What a token says before anybody has checked it: enough to find the key it must be signed with, nothing more."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from typing import Any, Final

import msgspec

LONGEST: Final = 8 * 1024
_HEADER: Final = frozenset({"alg", "typ", "kid"})
_TYPES: Final = frozenset({"jwt", "at+jwt"})
_KID: Final = 200


def header_of(token: str) -> dict[str, Any] | None:
    """The header, if it says nothing but algorithm, type and key id: no keys, no addresses of keys, no extensions."""
    header = _part(token, 0)
    if header is None or not header.keys() <= _HEADER:
        return None
    kid, kind = header.get("kid"), header.get("typ", "JWT")
    if not (kid is None or (isinstance(kid, str) and 0 < len(kid) <= _KID)):
        return None
    return header if isinstance(kind, str) and kind.lower() in _TYPES else None


def unverified_issuer(token: str) -> str | None:
    """Who the token says has made it; good only for looking up what the settings say of that issuer."""
    claims = _part(token, 1)
    issuer = None if claims is None else claims.get("iss")
    return issuer if isinstance(issuer, str) else None


def _part(token: str, index: int) -> dict[str, Any] | None:
    parts = token.split(".")
    if len(parts) != 3 or len(token) > LONGEST or not token.isascii():
        return None
    text = parts[index]
    try:
        return msgspec.json.decode(urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=dict[str, Any])
    except (binascii.Error, msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError, RecursionError):
        return None
