"""Throttling: what counts against an account counts only where it came from."""

from __future__ import annotations

import pytest

from nowboard.access.throttle import Throttle, ThrottleLimits
from nowboard.errors import LimitExceeded

LIMITS = ThrottleLimits(minutes=5, account=3, address=8)


def fails(throttle: Throttle, account: str, address: str | None) -> bool:
    try:
        throttle.attempt(account, address)
    except LimitExceeded as error:
        return (error.code, error.retry_after) == ("too_many_attempts", 300)
    return False


def test_nobody_can_lock_somebody_out_from_elsewhere_c22() -> None:
    """C22: a flood for one account from one address leaves the account open from every other address."""
    throttle = Throttle(LIMITS)
    assert [fails(throttle, "ada@example.org", "198.51.100.7") for _ in range(50)] == [False] * 3 + [True] * 47
    assert not fails(throttle, "ada@example.org", "203.0.113.9")
    assert fails(throttle, " ADA@example.org", "198.51.100.7"), "spelled otherwise it is the same account"
    assert not fails(throttle, "bob@example.org", "198.51.100.7"), "refused attempts count against nobody else there"


def test_one_address_cannot_try_many_accounts() -> None:
    throttle = Throttle(LIMITS)
    tried = [fails(throttle, f"user{number}@example.org", "198.51.100.7") for number in range(20)]
    assert tried == [False] * 8 + [True] * 12


def test_success_is_forgotten() -> None:
    throttle = Throttle(LIMITS)
    for _ in range(30):
        assert not fails(throttle, "ada@example.org", "198.51.100.7")
        throttle.succeeded("ada@example.org", "198.51.100.7")


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:198.51.100.7", "198.51.100.7", True),
        ("fe80::1%eth0", "fe80::1", True),
        (None, "not an address", True),
    ],
)
def test_a_household_in_ipv6_is_one_address(first: str | None, second: str | None, same: bool) -> None:
    throttle = Throttle(LIMITS)
    for _ in range(3):
        assert not fails(throttle, "ada@example.org", first)
    assert fails(throttle, "ada@example.org", second) is same
