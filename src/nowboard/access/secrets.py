"""Secrets that are handed out once and stored only as hashes."""

from __future__ import annotations

import hashlib
import secrets
from typing import Final

TOKEN_PREFIX: Final = "nb_"  # noqa: S105 - marks our tokens for people and for scanners of leaked secrets


def new_secret(prefix: str = "") -> str:
    """A secret of 256 random bits, safe in headers, cookies and URLs."""
    return prefix + secrets.token_urlsafe(32)


def new_id(prefix: str) -> str:
    """A short name for what a secret opens; not secret itself."""
    return f"{prefix}_{secrets.token_hex(6)}"


def digest(secret: str) -> bytes:
    """What is stored and looked up.

    A plain hash is enough for 256 random bits, and looking rows up by it tells nothing by its timing: nearly equal
    secrets have unrelated hashes.
    """
    return hashlib.blake2b(secret.encode("utf-8", "surrogateescape"), digest_size=32, person=b"nowboard").digest()
