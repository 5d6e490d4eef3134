"""Keys and tokens of issuers, for tests; forged ones too."""

from __future__ import annotations

import hashlib
import hmac
import json
import warnings
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import cache
from typing import Any

from joserfc import jwt
from joserfc.errors import SecurityWarning
from joserfc.jwk import OctKey, RSAKey

SECRET = "Qm7vD0u4Jk1sYpXc9LrTzW2bEaNf8HgS"
ISSUER, AUDIENCE = "https://idp.example.org", "nowboard"


@cache
def rsa(name: str = "idp", bits: int = 2_048) -> RSAKey:
    """A key pair, made once."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", SecurityWarning)  # short ones are there to be refused
        return RSAKey.generate_key(bits, {"kid": name})


def public_pem(key: RSAKey) -> str:
    return key.as_pem(private=False).decode()


def jwks(*keys: RSAKey) -> dict[str, Any]:
    return {"keys": [key.as_dict(private=False) for key in keys]}


def claims(now: int, **changes: Any) -> dict[str, Any]:
    """Claims that are taken, at `now` in seconds; a change to None leaves one out."""
    whole = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": "kim",
        "exp": now + 300,
        "iat": now,
        "name": "Kim",
        "role": "viewer",
    }
    return {name: value for name, value in {**whole, **changes}.items() if value is not None}


def signed(header: Mapping[str, Any], body: Mapping[str, Any], key: RSAKey | str) -> str:
    """A token as an issuer makes it."""
    used = OctKey.import_key(key) if isinstance(key, str) else key
    return jwt.encode(dict(header), dict(body), used, algorithms=[header["alg"]])


def part(value: Any) -> str:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def forged(header: Any, body: Any, secret: bytes = b"") -> str:
    """A token put together by hand, signed with HMAC over whatever `secret` is; unsigned without one."""
    text = f"{part(header)}.{part(body)}"
    signature = part(hmac.new(secret, text.encode(), hashlib.sha256).digest()) if secret else ""
    return f"{text}.{signature}"
