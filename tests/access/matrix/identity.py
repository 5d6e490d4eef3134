"""Setup, sign-in, sessions, users and tokens. The callers show API tokens, which own no session and no password."""

from __future__ import annotations

from tests.access.matrix.row import Row, everyone, nobody

API = "/api/v1"
SESSIONS, USERS, TOKENS = f"{API}/sessions", f"{API}/users", f"{API}/tokens"
PERSON = {"email": "new@example.org", "name": "New", "role": "viewer"}

ROWS = [
    everyone("GET", f"{API}/setup", 404),  # it is over once there is an administrator
    everyone("POST", f"{API}/setup", 404, body={"email": "a@example.org", "name": "A", "password": "correct horse 9"}),
    everyone("GET", f"{SESSIONS}/methods"),
    everyone("GET", f"{SESSIONS}/oidc/{{provider}}", 404),
    everyone("GET", f"{SESSIONS}/oidc/{{provider}}/callback", 404),
    everyone("POST", f"{SESSIONS}/reset", 401, body={"link": "nothing", "password": "correct horse 9"}),
    Row(method="GET", path=SESSIONS, owner=200, member=200, foreign=200, guest=403),
    Row(method="DELETE", path=SESSIONS, owner=204, member=204, foreign=204, guest=403, fresh=True),
    Row(method="DELETE", path=f"{SESSIONS}/{{session}}", owner=404, member=404, foreign=404, guest=403),
    nobody("GET", USERS, others={"admin": 200, "home": 200}, foreign=200),
    nobody("POST", USERS, others={"admin": 201}, foreign=201, body=PERSON, fresh=True),
    # administrators of `main` manage the users of every organisation
    nobody("GET", f"{USERS}/{{user}}", others={"admin": 200, "home": 200}, foreign=404),
    nobody("PATCH", f"{USERS}/{{user}}", others={"admin": 200, "home": 200}, foreign=404, body={"name": "Member"}),
    nobody("DELETE", f"{USERS}/{{user}}", others={"admin": 204, "home": 204}, foreign=404, fresh=True),
    nobody(
        "POST", f"{USERS}/{{user}}/link", others={"admin": 201, "home": 201}, foreign=404, body={"purpose": "reset"}
    ),
    nobody("PATCH", f"{USERS}/current", body={"name": "Me"}),
    nobody("POST", f"{USERS}/current/password", body={"current": "a", "new": "correct horse 9"}),
    # one's own, and with `users` those of the organisation
    Row(method="GET", path=TOKENS, owner=200, member=200, foreign=200, guest=403),
    nobody("POST", TOKENS, others={"admin": 201}, foreign=201, body={"name": "more", "role": "viewer"}),
    Row(
        method="DELETE",
        path=f"{TOKENS}/{{token}}",
        owner=404,
        member=404,
        foreign=404,
        guest=403,
        others={"admin": 204, "home": 404},
        fresh=True,
    ),
]
