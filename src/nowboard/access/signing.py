"""Signed embed tokens: HS256 and nothing else. Loaded when the first embed key is used, as it costs memory."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from nowboard.errors import Unauthenticated

ALGORITHM: Final = "HS256"


def sign(key_id: str, secret: bytes, claims: Mapping[str, Any]) -> str:
    """A token with these claims."""
    return jwt.encode({"alg": ALGORITHM, "kid": key_id}, dict(claims), OctKey.import_key(secret), [ALGORITHM])


def read(token: str, key_id: str, secret: bytes) -> Mapping[str, Any]:
    """The claims of a token that was signed with this key. Raises `Unauthenticated`."""
    try:
        found = jwt.decode(token, OctKey.import_key(secret), [ALGORITHM])
    except (JoseError, ValueError) as error:
        raise Unauthenticated("the embed token's signature or form is not good", code="bad_token") from error
    if found.header.get("kid") != key_id:
        raise Unauthenticated("the embed token names another key", code="bad_token")
    return found.claims
