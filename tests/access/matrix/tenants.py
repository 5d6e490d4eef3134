"""Organisations, roles and permissions."""

from __future__ import annotations

from tests.access.matrix.row import Row, nobody

API = "/api/v1"
ORGANISATIONS = f"{API}/organisations"
ONE = f"{ORGANISATIONS}/{{organisation}}"
ROLES = f"{API}/roles"

ROWS = [
    nobody("GET", ORGANISATIONS, others={"admin": 403, "home": 200}),
    nobody("POST", ORGANISATIONS, others={"admin": 403, "home": 201}, body={"id": "new", "name": "New"}, fresh=True),
    nobody("GET", ONE, others={"admin": 403, "home": 200}),
    nobody("PATCH", ONE, others={"admin": 403, "home": 200}, body={"name": "Acme"}),
    # it is not closed yet
    nobody("DELETE", ONE, others={"admin": 403, "home": 409}),
    Row(method="GET", path=f"{API}/permissions", owner=200, member=200, foreign=200, guest=403),
    nobody("GET", ROLES, others={"admin": 200, "home": 200}, foreign=200),
    nobody("PUT", f"{ROLES}/{{role}}", others={"admin": 200}, foreign=200, body={"permissions": ["read"]}, fresh=True),
    nobody("DELETE", f"{ROLES}/{{role}}", others={"admin": 404}, foreign=404),
]
