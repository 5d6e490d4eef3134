"""The tables of our own state. Instants are microseconds since the epoch; secrets are stored only as hashes."""

from nowboard.records.tables.documents import (
    DASHBOARD_DRAFTS,
    DASHBOARD_VERSIONS,
    DASHBOARDS,
    EMBED_KEYS,
    QUERIES,
    QUERY_VERSIONS,
    SHARES,
    TEMPLATES,
)
from nowboard.records.tables.keeping import ACCESS_CHANGES, AUDIT, AUDIT_HEAD, KEPT_FRAMES, SECRETS
from nowboard.records.tables.metadata import HEAD, METADATA
from nowboard.records.tables.people import API_TOKENS, ORGANISATIONS, ROLES, SESSIONS, SIGN_IN_LINKS, USERS

__all__ = [
    "ACCESS_CHANGES",
    "API_TOKENS",
    "AUDIT",
    "AUDIT_HEAD",
    "DASHBOARDS",
    "DASHBOARD_DRAFTS",
    "DASHBOARD_VERSIONS",
    "EMBED_KEYS",
    "HEAD",
    "KEPT_FRAMES",
    "METADATA",
    "ORGANISATIONS",
    "QUERIES",
    "QUERY_VERSIONS",
    "ROLES",
    "SECRETS",
    "SESSIONS",
    "SHARES",
    "SIGN_IN_LINKS",
    "TEMPLATES",
    "USERS",
]
