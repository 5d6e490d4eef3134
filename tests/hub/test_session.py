"""The session state machine: messages in, commands out, no I/O."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nowboard.errors import LimitExceeded, NotFound
from nowboard.hub import commands
from nowboard.hub.channel import FROM_START, Channel
from nowboard.hub.limits import HubLimits
from nowboard.hub.session import Session
from nowboard.hub.stats import HubStats
from nowboard.hub.usage import Usage
from nowboard.model import wire
from nowboard.model.frames import Change, Column, Result, Update
from nowboard.model.principals import SYSTEM

LIMITS = HubLimits(mistakes=3, waiting=4, subscriptions=2, channels=3)


def session(limits: HubLimits = LIMITS, *, heartbeat: bool = True) -> Session:
    return Session("s1", SYSTEM, limits, 0.0, heartbeat=heartbeat)


def channel(name: str) -> Channel:
    start = Result((Column("n", "integer"),), ((0,),), "e1", 0, 0)
    return Channel(name, start, 0, LIMITS, HubStats())


def move(target: Channel) -> tuple[Channel, int]:
    """One more update; what `miss` wants to know about it."""
    before = target.head
    target.append(Update("x", Change(before, before + 1, 0, ((before + 1,),))), at=0.0, mark=before + 1)
    return target, before


def kinds(data: bytes) -> list[str]:
    return [json.loads(data)["type"]]


def test_requests_become_commands_in_order() -> None:
    data: list[dict[str, Any]] = [
        {"type": "subscribe", "id": "a", "dashboard": "d"},
        {"type": "update", "id": "a", "interval": 100},
        {"type": "refresh", "id": "a"},
        {"type": "unsubscribe", "id": "a"},
        {"type": "ping"},
        {"type": "seen", "channel": "c", "offset": 4},
        {"type": "pong"},
    ]
    assert session().receive(json.dumps(data), 1.0) == [
        commands.Open(wire.Subscribe(id="a", dashboard="d")),
        commands.Change(wire.UpdateSubscription(id="a", interval=100)),
        commands.Renew("a"),
        commands.Drop("a"),
        commands.Reply(wire.Pong()),
        commands.Seen("c", 4),
    ]


@pytest.mark.parametrize(
    "data", [b"", b"{", b"[", b"null", b'"x"', b"{}", b'{"type": "welcome"}', b'{"type": "ping"', b"\xff", b"[[]]"]
)
def test_garbage_is_answered(data: bytes) -> None:
    (reply,) = session().receive(data, 0.0)
    assert isinstance(reply, commands.Reply)
    assert isinstance(reply.message, wire.Error)
    assert reply.message.code == "bad_message"


def test_nothing_is_answered_by_nothing() -> None:
    assert session().receive(b"[]", 0.0) == []


def test_garbage_that_goes_on_ends_the_session_and_sense_forgives_it() -> None:
    one = session()
    for data in (b"x", b"x", b'{"type": "ping"}', b"x", b"x"):
        assert not [each for each in one.receive(data, 0.0) if isinstance(each, commands.Close)]
    assert one.receive(b"x", 0.0)[-1] == commands.Close(1008, "too many messages that make no sense")


def test_one_bad_message_of_several_does_not_hide_the_others() -> None:
    found = session().receive(b'[{"type": "nonsense"}, {"type": "ping"}]', 0.0)
    assert [type(each) for each in found] == [commands.Reply, commands.Reply]
    assert found[1] == commands.Reply(wire.Pong())


def test_sizes_and_counts_are_bounded() -> None:
    assert session().receive(b" " * (LIMITS.message_bytes + 1), 0.0) == [
        commands.Close(1009, "the message is over the cap")
    ]
    many = json.dumps([{"type": "ping"}] * (LIMITS.batch_messages + 1))
    (reply,) = session().receive(many, 0.0)
    assert isinstance(reply, commands.Reply)
    waiting = json.dumps([{"type": "unsubscribe", "id": "a"}] * 5)
    assert session().receive(waiting, 0.0)[-1] == commands.Close(4429, "too many requests wait for an answer")
    deep = b'{"type": "subscribe", "id": "a", "query": ' + b"[" * 30_000 + b"]" * 30_000 + b"}"
    (reply,) = session().receive(deep, 0.0)
    assert isinstance(reply, commands.Reply)


def test_answered_requests_make_room_for_new_ones() -> None:
    one = session()
    for _ in range(20):
        assert one.receive(b'{"type": "unsubscribe", "id": "a"}', 0.0) == [commands.Drop("a")]
        one.answered()


def test_room_for_subscriptions_and_channels() -> None:
    one = session()
    a, b, c = channel("a"), channel("b"), channel("c")
    one.opened(wire.Subscribe(id="1"), {a: FROM_START, b: FROM_START})
    one.check_room("2", 1)
    with pytest.raises(LimitExceeded):
        one.check_room("2", 2)
    one.check_room("1", 3)
    one.opened(wire.Subscribe(id="2"), {c: FROM_START})
    with pytest.raises(LimitExceeded):
        one.check_room("3", 0)


def test_subscriptions_of_a_principal_are_counted_over_its_sessions() -> None:
    limits, usage = HubLimits(subscriptions_per_principal=2), Usage()
    one, other = (Session(name, SYSTEM, limits, 0.0, usage=usage) for name in ("s1", "s2"))
    one.opened(wire.Subscribe(id="1"), {})
    one.opened(wire.Subscribe(id="1"), {})  # takes the place of the former
    other.opened(wire.Subscribe(id="1"), {})
    assert usage.subscriptions == 2
    for each in (one, other):
        each.check_room("1", 0)
        with pytest.raises(LimitExceeded):
            each.check_room("2", 0)
    one.dropped("1")
    one.dropped("1")
    other.check_room("2", 0)


def test_what_is_owed_is_one_frame_per_channel() -> None:
    one, a = session(), channel("a")
    one.opened(wire.Subscribe(id="1"), {a: FROM_START})
    frames, merged = one.collect(1 << 20, 0.0)
    assert [kinds(frame) for frame in frames] == [["snapshot"]]
    assert (merged, one.in_step) == (0, True)
    for _ in range(5):
        one.miss([move(a)])
    (frame,), merged = one.collect(1 << 20, 0.0)
    assert json.loads(frame) | {"as_of": 0} == {
        "type": "delta", "channel": "a", "base": 0, "offset": 5, "as_of": 0, "upsert": [[5]], "conflated": 4,
    }  # fmt: skip
    assert (merged, one.in_step) == (4, True)


def test_little_room_means_one_frame_at_a_time() -> None:
    one = session()
    channels = [channel(name) for name in "abc"]
    one.opened(wire.Subscribe(id="1"), dict.fromkeys(channels, FROM_START))
    for left in (2, 1, 0):
        frames, _ = one.collect(0, 0.0)
        assert (len(frames), len(one.lag)) == (1, left)


def test_an_interval_holds_back_and_the_quickest_subscription_decides() -> None:
    one, a = session(), channel("a")
    one.opened(wire.Subscribe(id="1", interval=2000), {a: FROM_START})
    assert len(one.collect(1 << 20, 10.0)[0]) == 1
    one.miss([move(a)])
    assert one.collect(1 << 20, 11.9) == ([], 0)
    assert one.next_due() == 12.0
    assert len(one.collect(1 << 20, 12.0)[0]) == 1
    steps = [one.in_step]
    one.opened(wire.Subscribe(id="2"), {a: a.head})
    steps.append(one.in_step)
    one.dropped("2")
    steps.append(one.in_step)
    assert steps == [False, True, False]


def test_dropping_one_of_two_keeps_the_shared_channel() -> None:
    one, a, b = session(), channel("a"), channel("b")
    one.opened(wire.Subscribe(id="1"), {a: FROM_START})
    one.opened(wire.Subscribe(id="2"), {a: FROM_START, b: FROM_START})
    assert one.dropped("1") == (a,)
    assert set(one.channels) == {a, b}
    assert one.opened(wire.Subscribe(id="2"), {b: FROM_START}) == (a, b)
    assert set(one.channels) == {b}
    assert set(one.lag) == {b}
    assert one.dropped("2") == (b,)
    assert one.dropped("2") == ()
    assert not one.lag


def test_an_update_keeps_what_it_does_not_name() -> None:
    one = session()
    one.opened(wire.Subscribe(id="1", dashboard="d", filters={"a": [1]}, interval=5, resume={"c": ("e", 1)}), {})
    changed = one.changed(wire.UpdateSubscription(id="1", window={"last": "1h"}))
    assert changed == wire.Subscribe(id="1", dashboard="d", filters={"a": [1]}, interval=5, window={"last": "1h"})
    with pytest.raises(NotFound):
        one.changed(wire.UpdateSubscription(id="2"))
    with pytest.raises(NotFound):
        one.renew("2")


def test_heartbeat() -> None:
    one = session()
    assert one.tick(24.0, writable=True) == ([], 25.0)
    assert one.tick(25.0, writable=True) == ([commands.Reply(wire.Ping())], 33.0)
    one.receive(b'{"type": "pong"}', 26.0)
    assert one.tick(33.0, writable=True) == ([], 51.0)
    assert one.tick(51.0, writable=True)[0] == [commands.Reply(wire.Ping())]
    assert one.tick(58.9, writable=True) == ([], 59.0)
    assert one.tick(59.0, writable=True)[0] == [commands.Close(4408, "no answer to a ping")]


def test_no_heartbeat_for_who_cannot_hear_or_has_another() -> None:
    assert session().tick(99.0, writable=False)[0] == []
    assert session(heartbeat=False).tick(99.0, writable=True)[0] == []


def test_who_takes_nothing_for_too_long_is_slow() -> None:
    one = session()
    assert one.progress(1000, 0.0) is None
    assert one.progress(1000, 9.9) is None
    assert one.progress(900, 10.0) is None
    assert one.progress(900, 19.9) is None
    assert one.progress(900, 20.0) == commands.Close(4408, "the client does not read")
    one.moving()
    assert one.progress(900, 30.0) is None
    for now in (40.0, 50.0, 60.0):
        assert one.progress(0, now) is None
