"""Bearer JWTs: which are taken, and that no trick with headers, keys or claims gets one in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Connection

from nowboard.access.foreign import JwtIssuer, jwt_bearers
from nowboard.access.jwt import JwtBearer
from nowboard.clock import SECOND, ManualClock
from nowboard.errors import BadRequest, Unavailable
from nowboard.model.principals import HOME, ROLES, PrincipalKind
from nowboard.records.database import Records
from nowboard.records.roles import RoleRow, put_role
from tests.access.signing import AUDIENCE, ISSUER, SECRET, claims, forged, jwks, public_pem, rsa, signed

HS = JwtIssuer(issuer=ISSUER, audience=AUDIENCE, algorithm="HS256", secret=SECRET, role="viewer")
RS = {"alg": "RS256", "kid": "idp"}
URL = "https://idp.example.org/keys"


class Keys:
    """The address of an issuer's keys, as far as a test needs it: what it answers, and how often it was asked."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.asked: list[str] = []
        self.down = False

    async def __call__(self, url: str) -> dict[str, Any]:
        self.asked.append(url)
        if self.down:
            raise Unavailable("down")
        return self.document


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def records() -> Iterator[Records]:
    opened = Records(None)
    yield opened
    opened.close()


@pytest.fixture
def bearer(records: Records, clock: ManualClock) -> Callable[..., JwtBearer]:
    def make(*issuers: JwtIssuer, fetch: Keys | None = None) -> JwtBearer:
        return JwtBearer(issuers or (HS,), records, clock, fetch=fetch or Keys({}))

    return make


def now(clock: ManualClock) -> int:
    return clock.now() // SECOND


def rs(**changes: Any) -> JwtIssuer:
    given = {"public_key": public_pem(rsa()), "role": "viewer", **changes}
    return JwtIssuer(issuer=ISSUER, audience=AUDIENCE, algorithm="RS256", **given)


async def test_both_algorithms_let_somebody_in(bearer: Callable[..., JwtBearer], clock: ManualClock) -> None:
    body = claims(now(clock))
    by_secret = await bearer(HS).principal(signed({"alg": "HS256"}, body, SECRET))
    by_key = await bearer(rs()).principal(signed(RS, body, rsa()))
    assert by_secret == by_key
    assert by_secret is not None
    assert (by_secret.kind, by_secret.name, by_secret.role) == (PrincipalKind.USER, "Kim", "viewer")
    assert by_secret.permissions == ROLES["viewer"]
    assert (by_secret.organisation, by_secret.scope.everything) == (HOME, True)


async def test_an_external_id_is_never_one_of_ours_c30(bearer: Callable[..., JwtBearer], clock: ManualClock) -> None:
    """C30: whoever an issuer calls `owner`, or by the id of a user here, is somebody else here."""
    reader = bearer(HS)
    ids = set()
    for subject in ("owner", "usr_0123456789ab", "system", "tok_0123456789ab", "jwt_0"):
        principal = await reader.principal(signed({"alg": "HS256"}, claims(now(clock), sub=subject), SECRET))
        assert principal is not None
        assert principal.id != subject
        assert principal.id.startswith("jwt_")
        ids.add(principal.id)
    assert len(ids) == 5


async def test_roles_and_attributes_come_from_claims(
    bearer: Callable[..., JwtBearer], clock: ManualClock, records: Records
) -> None:
    issuer = JwtIssuer(
        issuer=ISSUER,
        audience=AUDIENCE,
        algorithm="HS256",
        secret=SECRET,
        role_claim="groups",
        roles={"bosses": "editor", "staff": "viewer"},
        attributes={"region": "region", "shops": "shops"},
        email_claim="email",
    )
    reader = bearer(issuer)

    async def seen(**more: Any) -> tuple[str, dict[str, Any]] | None:
        token = signed({"alg": "HS256"}, claims(now(clock), **more), SECRET)
        found = await reader.principal(token)
        if found is None:
            return None
        attributes = dict(found.scope.attributes)
        assert attributes.pop("user_id") == found.id
        return found.role, attributes

    assert await seen(groups=["staff", "bosses"], region="north", shops=[1, 2]) == (
        "editor",
        {"region": "north", "shops": [1, 2]},
    )
    assert await seen(groups="staff", email="Kim@Example.org") == ("viewer", {"email": "kim@example.org"})
    assert await seen(groups="staff", email="kim@example.org", email_verified=False) == ("viewer", {})
    assert await seen(groups="staff", region={"a": 1}) == ("viewer", {})
    unmapped: list[Any] = [[], "bosses2", None, {"bosses": 1}, 5]
    for groups in unmapped:
        assert await seen(groups=groups) is None


PEM, MODULUS = public_pem(rsa()), str(rsa().as_dict(private=False)["n"])
ATTACKS: dict[str, Callable[[int], str]] = {
    "alg none": lambda at: forged({"alg": "none"}, claims(at)),
    "alg None": lambda at: forged({"alg": "None"}, claims(at)),
    "alg NONE with a signature": lambda at: forged({"alg": "NONE"}, claims(at), b"x"),
    "no alg": lambda at: forged({"typ": "JWT"}, claims(at)),
    "no signature": lambda at: signed(RS, claims(at), rsa()).rpartition(".")[0] + ".",
    "two parts": lambda at: signed(RS, claims(at), rsa()).rpartition(".")[0],
    "HS256 with the public key": lambda at: forged({"alg": "HS256"}, claims(at), public_pem(rsa()).encode()),
    "HS256 with the public key, stripped": lambda at: forged({"alg": "HS256"}, claims(at), PEM.strip().encode()),
    "HS256 with the modulus": lambda at: forged({"alg": "HS256"}, claims(at), MODULUS.encode()),
    "HS256 with nothing": lambda at: forged({"alg": "HS256", "kid": ""}, claims(at), b"\0"),
    "kid is a path": lambda at: forged({"alg": "HS256", "kid": "../../../../dev/null"}, claims(at), b"\0"),
    "kid is SQL": lambda at: forged({"alg": "RS256", "kid": "x' union select 'x"}, claims(at), b"x"),
    "kid is a list": lambda at: forged({"alg": "RS256", "kid": ["idp"]}, claims(at), b"x"),
    "jku": lambda at: signed({**RS, "jku": "https://evil.example/keys"}, claims(at), rsa()),
    "x5u": lambda at: signed({**RS, "x5u": "https://evil.example/x"}, claims(at), rsa()),
    "jwk inside": lambda at: signed({**RS, "jwk": rsa("evil").as_dict(private=False)}, claims(at), rsa("evil")),
    "x5c inside": lambda at: signed({**RS, "x5c": ["MIIB"]}, claims(at), rsa()),
    "crit": lambda at: forged({"alg": "RS256", "crit": ["exp"], "exp": at}, claims(at), b"x"),
    "b64 false": lambda at: forged({"alg": "RS256", "b64": False, "crit": ["b64"]}, claims(at), b"x"),
    "another RSA key": lambda at: signed(RS, claims(at), rsa("evil")),
    "RS512 instead": lambda at: signed({"alg": "RS512", "kid": "idp"}, claims(at), rsa()),
    "PS256 instead": lambda at: signed({"alg": "PS256", "kid": "idp"}, claims(at), rsa()),
    "typ of another token": lambda at: signed({**RS, "typ": "logout+jwt"}, claims(at), rsa()),
    "expired": lambda at: signed(RS, claims(at, exp=at - 31), rsa()),
    "no exp": lambda at: signed(RS, claims(at, exp=None), rsa()),
    "exp is text": lambda at: signed(RS, claims(at, exp=str(at + 300)), rsa()),
    "exp is not a number": lambda at: signed(RS, claims(at, exp=float("nan")), rsa()),
    "exp never": lambda at: signed(RS, claims(at, exp=10**12), rsa()),
    "exp beyond numbers": lambda at: signed(RS, claims(at, exp=10**400), rsa()),
    "not before": lambda at: signed(RS, claims(at, nbf=at + 31), rsa()),
    "issued later": lambda at: signed(RS, claims(at, iat=at + 31), rsa()),
    "another audience": lambda at: signed(RS, claims(at, aud="other"), rsa()),
    "no audience": lambda at: signed(RS, claims(at, aud=None), rsa()),
    "audience is an object": lambda at: signed(RS, claims(at, aud={"nowboard": 1}), rsa()),
    "another issuer": lambda at: signed(RS, claims(at, iss="https://evil.example"), rsa()),
    "no issuer": lambda at: signed(RS, claims(at, iss=None), rsa()),
    "issuer is a list": lambda at: signed(RS, claims(at, iss=[ISSUER]), rsa()),
    "no subject": lambda at: signed(RS, claims(at, sub=None), rsa()),
    "subject is a number": lambda at: signed(RS, claims(at, sub=7), rsa()),
    "subject without end": lambda at: signed(RS, claims(at, sub="x" * 500), rsa()),
    "claims changed": lambda at: ".".join(
        [signed(RS, claims(at), rsa()).split(".")[0], forged({}, claims(at, sub="boss")).split(".")[1],
         signed(RS, claims(at), rsa()).split(".")[2]]
    ),
    "claims are a list": lambda at: forged({"alg": "RS256"}, [claims(at)], b"x"),
    "longer than tokens are": lambda at: signed(RS, claims(at, more="x" * 9_000), rsa()),
    "deeply nested": lambda _: forged({"alg": "RS256"}, b'{"iss":' + b"[" * 5_000 + b"]" * 5_000 + b"}", b"x"),
    "not base64": lambda _: "eyJ!.eyJ!.x",
    "a line end in between": lambda at: signed(RS, claims(at), rsa()).replace(".", ".\n", 1),
}  # fmt: skip


@pytest.mark.parametrize("attack", ATTACKS)
async def test_attacks_are_refused_c18(bearer: Callable[..., JwtBearer], clock: ManualClock, attack: str) -> None:
    """C18: the algorithm is the settings', not the token's; one by one they fail where the good token passes."""
    assert len(ATTACKS) >= 20
    ring = Keys(jwks(rsa()))
    for reader in (bearer(rs()), bearer(rs(public_key=None, jwks_url=URL), fetch=ring)):
        assert await reader.principal(signed(RS, claims(now(clock)), rsa())) is not None
        token = ATTACKS[attack](now(clock))
        assert await reader.principal(token) is None
    assert set(ring.asked) == {URL}, "no address from a token is ever asked"


@pytest.mark.parametrize("header", [RS, {"alg": "HS512"}, {"alg": "none"}])
async def test_an_issuer_with_a_secret_takes_nothing_else_c18(
    bearer: Callable[..., JwtBearer], clock: ManualClock, header: dict[str, str]
) -> None:
    """C18: and an empty, short or guessed secret signs nothing."""
    reader, body = bearer(HS), claims(now(clock))
    key = rsa() if header["alg"] == "RS256" else SECRET
    token = forged(header, body) if header["alg"] == "none" else signed(header, body, key)
    assert await reader.principal(token) is None
    for guess in (b"secret", SECRET.lower().encode(), SECRET.encode() + b" "):
        assert await reader.principal(forged({"alg": "HS256"}, body, guess)) is None


async def test_the_same_key_id_at_two_issuers_is_two_keys_c19(records: Records, clock: ManualClock) -> None:
    """C19: keys are kept by issuer and id, so that one issuer cannot speak for another."""
    documents = {"https://a.example/keys": jwks(rsa("a")), "https://b.example/keys": jwks(rsa("b"))}
    for document in documents.values():
        document["keys"][0]["kid"] = "same"
    asked = []

    async def fetch(url: str) -> dict[str, Any]:
        asked.append(url)
        return documents[url]

    issuers = [
        JwtIssuer(
            issuer=f"https://{name}.example",
            audience=AUDIENCE,
            algorithm="RS256",
            jwks_url=f"https://{name}.example/keys",
            role=role,
        )
        for name, role in (("a", "viewer"), ("b", "admin"))
    ]
    reader = JwtBearer(issuers, records, clock, fetch=fetch)
    header = {"alg": "RS256", "kid": "same"}

    async def role(issuer: str, key: str) -> str | None:
        found = await reader.principal(signed(header, claims(now(clock), iss=f"https://{issuer}.example"), rsa(key)))
        return None if found is None else found.role

    for _ in range(2):
        assert [await role("a", "a"), await role("b", "b")] == ["viewer", "admin"]
        assert [await role("a", "b"), await role("b", "a")] == [None, None]
    assert sorted(asked) == sorted(documents), "once each"


async def test_keys_are_fetched_seldom_and_rotate_c19(bearer: Callable[..., JwtBearer], clock: ManualClock) -> None:
    """C19: unknown key ids cause one fetch in half a minute; a withdrawn key is refused, an outage is bridged."""
    ring = Keys(jwks(rsa("one")))
    reader = bearer(rs(public_key=None, jwks_url=URL), fetch=ring)

    async def taken(key: str, kid: str | None = None) -> bool:
        header = {"alg": "RS256", "kid": kid or key}
        return await reader.principal(signed(header, claims(now(clock)), rsa(key))) is not None

    assert await taken("one")
    for number in range(50):
        assert not await taken("two", f"unknown{number}")
    assert len(ring.asked) == 1
    ring.document = jwks(rsa("two"))
    clock.advance(31 * SECOND)
    assert await taken("two")
    assert not await taken("one"), "withdrawn"
    ring.down = True
    clock.advance(700 * SECOND)
    assert await taken("two"), "the issuer is down for a while"
    clock.advance(3_700 * SECOND)
    assert not await taken("two")


async def test_only_public_signing_keys_of_the_algorithm_count_c19(
    bearer: Callable[..., JwtBearer], clock: ManualClock
) -> None:
    """C19: a key set cannot smuggle in secrets, short keys or keys for something else."""
    good = rsa().as_dict(private=False)
    weak = rsa("weak", 1_024).as_dict(private=False)
    document = {
        "keys": [
            {"kty": "oct", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0", "kid": "oct"},
            {**good, "use": "enc", "kid": "enc"},
            {**good, "alg": "RS512", "kid": "other"},
            {**weak, "kid": "weak"},
            "no key",
            {"kty": "RSA", "kid": "broken"},
            {**good, "kid": "idp", "use": "sig"},
        ]
    }
    reader = bearer(rs(public_key=None, jwks_url=URL), fetch=Keys(document))
    assert await reader.principal(signed(RS, claims(now(clock)), rsa())) is not None
    for kid in ("enc", "other", "broken", "oct"):
        assert await reader.principal(signed({"alg": "RS256", "kid": kid}, claims(now(clock)), rsa())) is None
    weakly = signed({"alg": "RS256", "kid": "weak"}, claims(now(clock)), rsa("weak", 1_024))
    assert await reader.principal(weakly) is None


@pytest.mark.parametrize("document", [{}, {"keys": None}, {"keys": {}}, {"keys": []}, {"keys": [[]]}])
async def test_a_document_that_holds_no_keys(
    bearer: Callable[..., JwtBearer], clock: ManualClock, document: dict[str, Any]
) -> None:
    reader = bearer(rs(public_key=None, jwks_url=URL), fetch=Keys(document))
    assert await reader.principal(signed(RS, claims(now(clock)), rsa())) is None


async def test_a_token_without_a_key_id_takes_the_only_key(
    bearer: Callable[..., JwtBearer], clock: ManualClock
) -> None:
    token = signed({"alg": "RS256"}, claims(now(clock)), rsa())
    assert await bearer(rs(public_key=None, jwks_url=URL), fetch=Keys(jwks(rsa()))).principal(token) is not None
    both = Keys(jwks(rsa(), rsa("two")))
    assert await bearer(rs(public_key=None, jwks_url=URL), fetch=both).principal(token) is None


async def test_sockets_end_when_the_token_does_or_the_role_changes(
    bearer: Callable[..., JwtBearer], clock: ManualClock, records: Records
) -> None:
    reader = bearer(HS)
    token = signed({"alg": "HS256"}, claims(now(clock)), SECRET)
    principal = await reader.principal(token)
    assert principal is not None
    assert await reader.ended() == []
    records.call(put_role, RoleRow(HOME, "viewer", None, {"streams": {}}, None, 0))
    assert [(each.principal, each.close_code) for each in await reader.ended()] == [(principal.id, 1012)]
    assert await reader.ended() == []
    clock.advance(200 * SECOND)
    await reader.principal(signed({"alg": "HS256"}, claims(now(clock)), SECRET))
    clock.advance(130 * SECOND)
    assert [(each.principal, each.close_code) for each in await reader.ended()] == [(principal.id, 1012)]
    clock.advance(201 * SECOND)
    assert [(each.principal, each.close_code) for each in await reader.ended()] == [(principal.id, 4401)]
    assert await reader.ended() == []


async def test_a_role_that_changed_before_the_first_look_ends_sockets_too(
    bearer: Callable[..., JwtBearer], clock: ManualClock, records: Records
) -> None:
    reader = bearer(HS)
    await reader.principal(signed({"alg": "HS256"}, claims(now(clock)), SECRET))

    def narrow(connection: Connection) -> None:
        put_role(
            connection, RoleRow(HOME, "viewer", None, {"streams": {"orders": {"sql": "broken) or (1=1"}}}, None, 0)
        )

    records.call(narrow)
    assert [each.close_code for each in await reader.ended()] == [1012]


GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "audience": AUDIENCE,
    "algorithm": "HS256",
    "secret": SECRET,
    "role": "viewer",
}


@pytest.mark.parametrize(
    "change",
    [
        {"secret": SECRET[:31]},
        {"secret": "your-256-bit-secret-your-256-bit-secret"},
        {"secret": "a-string-secret-at-least-256-bits-long"},
        {"secret": "changeme" * 8},
        {"secret": "abababab" * 8},
        {"secret": "-----BEGIN PUBLIC KEY-----" + "MFkwEwYHKoZIzj0CAQYI" * 4},
        {"secret": ""},
        {"secret": None},
        {"algorithm": "none"},
        {"algorithm": "RS256"},
        {"public_key": "x"},
        {"jwks_url": URL},
        {"secret": None, "algorithm": "RS256", "jwks_url": "http://idp.example.org/keys"},
        {"secret": None, "algorithm": "RS256", "jwks_url": "file:///etc/passwd"},
        {"secret": None, "algorithm": "RS256", "jwks_url": "https://user:x@idp.example.org/keys"},
        {"secret": None, "algorithm": "RS256", "public_key": "no key"},
        {"role": None},
        {"roles": {"a": "viewer"}},
        {"role_claim": "groups"},
        {"verify": False},
        {"leeway": -1},
        {"audience": ""},
    ],
)
def test_settings_that_are_refused_c16(records: Records, clock: ManualClock, change: dict[str, Any]) -> None:
    """C16: a short or known secret, or a key for another algorithm, stops the start and is not repeated."""
    assert len(jwt_bearers([GOOD], records, clock)) == 1
    with pytest.raises(BadRequest) as raised:
        jwt_bearers([{**GOOD, **change}], records, clock)
    assert raised.value.code == "bad_setting"
    secret = change.get("secret")
    assert not secret or secret not in raised.value.message


def test_keys_that_are_private_or_short_are_refused_c16(records: Records, clock: ManualClock) -> None:
    """C16: also where they are of the right kind."""
    whole = {**GOOD, "secret": None, "algorithm": "RS256"}
    assert len(jwt_bearers([{**whole, "public_key": public_pem(rsa())}], records, clock)) == 1
    for key in (rsa().as_pem(private=True).decode(), public_pem(rsa("weak", 1_024))):
        with pytest.raises(BadRequest, match="public RSA key of at least 2048 bits"):
            jwt_bearers([{**whole, "public_key": key}], records, clock)
    with pytest.raises(BadRequest, match="names one twice"):
        jwt_bearers([GOOD, GOOD], records, clock)
