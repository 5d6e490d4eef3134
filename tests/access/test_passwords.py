"""Passwords: which are taken, and that nobody can tell from the work done whether an account exists."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from argon2 import PasswordHasher
from argon2.profiles import CHEAPEST

from nowboard.access.password_rules import LONGEST, SHORTEST, check_password
from nowboard.access.passwords import CONCURRENT, WAITING, Passwords
from nowboard.errors import BadRequest, LimitExceeded

GOOD = "purple otter sings loudly"


@pytest.fixture
def passwords() -> Iterator[Passwords]:
    made = Passwords()
    yield made
    made.close()


@pytest.fixture
def quick() -> Iterator[Passwords]:
    made = Passwords(PasswordHasher.from_parameters(CHEAPEST))
    yield made
    made.close()


async def test_a_hash_is_argon2id_and_salted(passwords: Passwords) -> None:
    first, second = await passwords.hash(GOOD), await passwords.hash(GOOD)
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert (await passwords.compare(first, GOOD)).right
    assert not (await passwords.compare(first, GOOD + "x")).right
    assert not (await passwords.compare(first, "")).right


async def test_an_unknown_account_costs_the_same_work_c22(passwords: Passwords) -> None:
    """C22: a dummy hash of the same parameters is compared, and counted, where there is no account."""
    stored = await passwords.hash(GOOD)
    for given in (stored, None):
        before = passwords.comparisons
        assert not (await passwords.compare(given, "wrong wrong wrong")).right
        assert passwords.comparisons == before + 1
    dummy = passwords._nobody.split("$")
    assert dummy[:4] == stored.split("$")[:4]
    assert [len(part) for part in dummy] == [len(part) for part in stored.split("$")]


async def test_a_hash_with_other_parameters_is_renewed(passwords: Passwords, quick: Passwords) -> None:
    old = await quick.hash(GOOD)
    verdict = await passwords.compare(old, GOOD)
    assert verdict.right
    assert verdict.rehashed is not None
    assert (await passwords.compare(verdict.rehashed, GOOD)).rehashed is None
    assert (await passwords.compare(old, "wrong wrong wrong")).rehashed is None


async def test_the_same_characters_typed_otherwise_are_the_same_password(quick: Passwords) -> None:
    stored = await quick.hash("cafe\u0301 au lait au lit")
    assert (await quick.compare(stored, "caf\u00e9 au lait au lit")).right


async def test_what_is_longer_than_any_password_never_fits(quick: Passwords) -> None:
    longest = "ab" * (LONGEST // 2)
    stored = await quick.hash(longest)
    assert (await quick.compare(stored, longest)).right
    for more in ("x", "x" * 100_000):
        assert not (await quick.compare(stored, longest + more)).right


async def test_lone_surrogates_and_damaged_hashes_are_just_wrong(quick: Passwords) -> None:
    stored = await quick.hash(GOOD)
    assert not (await quick.compare(stored, "\ud800" * 20)).right
    assert not (await quick.compare("no hash at all", GOOD)).right


async def test_only_so_many_wait(passwords: Passwords) -> None:
    outcomes = await asyncio.gather(
        *(passwords.compare(None, GOOD) for _ in range(CONCURRENT + WAITING + 5)), return_exceptions=True
    )
    refused = [each for each in outcomes if isinstance(each, LimitExceeded)]
    assert [each.code for each in refused] == ["busy"] * 5
    assert len([each for each in outcomes if not isinstance(each, Exception)]) == CONCURRENT + WAITING


@pytest.mark.parametrize(
    "password",
    [GOOD, "correct horse battery", "Tr0ub4dor&3xyz", "4711 0815 2222 99", "äöüß ÄÖÜ éèê 12", "x" * 6 + "yz!" * 20],
)
def test_passwords_that_are_taken(password: str) -> None:
    check_password(password, "kate@example.org", "Kate")


@pytest.mark.parametrize(
    "password",
    [
        "",
        "x7!kQ2_zLp4",
        "x" * 6 + "abcdefgh" * 128,
        "password1234",
        "PASSWORD 2026",
        "adminadminadmin",
        "aaaaaaaaaaaaaaa",
        "123456789012",
        "987654321098",
        "qwertyuiopas",
        "abcdefghijklm",
        "correct horse battery staple",
        "kate@example.org",
        "kate12345678",
        "katekatekate",
        "good password \ud800",
    ],
)
def test_passwords_that_are_refused(password: str) -> None:
    with pytest.raises(BadRequest) as raised:
        check_password(password, "kate@example.org", "Kate")
    assert raised.value.code == "weak_password"
    assert not password or password not in raised.value.message


def test_the_bounds_are_exact() -> None:
    text = "the quick brown fox jumps over lazy dogs " * 30
    check_password(text[:SHORTEST])
    check_password(text[:LONGEST])
    for length in (SHORTEST - 1, LONGEST + 1):
        with pytest.raises(BadRequest):
            check_password(text[:length])
