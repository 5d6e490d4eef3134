"""Promises of the WebSocket transport, kept by a real server and a real client."""

from __future__ import annotations

import json

import pytest
from websockets.exceptions import InvalidStatus

from nowboard.hub.limits import HubLimits
from tests.api.live import BOARDS, BY_CARRIER, TOTAL, SocketClient, close_code, live_site

EWR = {"carrier": "UA", "origin": "EWR"}
AA, UA, DL = ({"carrier": name, "origin": "JFK"} for name in ("AA", "UA", "DL"))


async def test_a_query_is_answered_and_kept_up_to_date() -> None:
    async with live_site() as site:
        site.engine.add((AA, 1.5), (AA, 1.0), (UA, 4.0))
        async with site.socket() as socket:
            client = SocketClient(socket)
            welcome = await client.hear("welcome")
            assert welcome["epoch"] == "e1"
            assert welcome["limits"] == {"message_bytes": 65536, "subscriptions": 32, "heartbeat": 25.0, "timeout": 8.0}
            await client.say(type="subscribe", id="s", query=BY_CARRIER)
            await client.until([["AA", 2, 2.5], ["UA", 1, 4.0]])
            assert [each["type"] for each in client.messages] == ["welcome", "subscribed", "snapshot"]
            site.engine.add((UA, 1.0), (UA, 1.0), (DL, 9.0))
            await client.until([["UA", 3, 6.0], ["AA", 2, 2.5], ["DL", 1, 9.0]])
            assert len(client.of("snapshot")) == 1
            assert client.of("delta")[-1]["base"] == 1


async def test_a_dashboard_is_one_subscription_and_one_write_per_tick() -> None:
    async with live_site() as site:
        site.engine.add((AA, 1.0))
        async with site.socket() as socket:
            client = SocketClient(socket)
            await client.say(type="subscribe", id="s", dashboard="board")
            await client.until([["AA", 1]], "sql")
            assert set(client.channels) == set(BOARDS["board"])
            before = site.hub.stats.deliveries["websocket"]
            site.engine.add((UA, 1.0))
            await client.until([[2]], "total")
            assert client.rows("sql") == [["AA", 1], ["UA", 1]]
            assert client.rows("origin") == [["JFK", 2]]
            assert site.hub.stats.deliveries["websocket"] == before + 1


async def test_a_widget_fails_alone() -> None:
    async with live_site() as site, site.socket() as socket:
        client = SocketClient(socket)
        await client.say(type="subscribe", id="s", dashboard="broken")
        subscribed = await client.hear("subscribed")
        by_widget = {each["widget"]: each for each in subscribed["channels"]}
        assert by_widget["bad"]["error"]["code"] == "bad_query"
        assert by_widget["worse"]["error"]["code"] == "bad_query"
        await client.until([[0]], "good")


async def test_filters_change_the_subscription() -> None:
    async with live_site() as site:
        site.engine.add((AA, 1.0), (UA, 1.0), (UA, 1.0))
        async with site.socket() as socket:
            client = SocketClient(socket)
            await client.say(type="subscribe", id="s", query=TOTAL)
            await client.until([[3]])
            await client.say(type="update", id="s", filters={"carrier": ["UA"]})
            await client.until([[2]])
            site.engine.add((AA, 1.0), (UA, 1.0))
            await client.until([[3]])
            await client.say(type="update", id="s", filters={})
            await client.until([[5]])


async def test_refresh_unsubscribe_and_unknown_ids() -> None:
    async with live_site() as site, site.socket() as socket:
        client = SocketClient(socket)
        await client.say(type="subscribe", id="s", query=TOTAL)
        await client.until([[0]])
        await client.say(type="refresh", id="s")
        await client.hear("snapshot")
        await client.say(type="unsubscribe", id="s")
        await client.say(type="refresh", id="s")
        error = await client.hear("error")
        assert (error["code"], error["id"]) == ("not_found", "s")
        site.engine.add((AA, 1.0))
        await client.say(type="ping")
        await client.hear("pong")
        assert not client.of("delta")


async def test_what_makes_no_sense_is_answered_and_then_ends_the_session() -> None:
    async with live_site(HubLimits(mistakes=3)) as site, site.socket() as socket:
        client = SocketClient(socket)
        await socket.send('{"type": "subscribe", "id": 5}')
        assert (await client.hear("error"))["code"] == "bad_message"
        await client.say(type="ping")
        await client.hear("pong")
        for garbage in ("nonsense", "[1, 2]", b"\xff\xfe", "[" * 5000):
            await socket.send(garbage)
        assert await close_code(socket) == 1008


async def test_a_message_over_the_cap_closes_with_1009() -> None:
    async with live_site() as site, site.socket() as socket:
        await socket.send(json.dumps({"type": "subscribe", "id": "x" * 65536}))
        assert await close_code(socket) == 1009


async def test_fragments_are_one_message() -> None:
    async with live_site() as site, site.socket() as socket:
        client = SocketClient(socket)
        await socket.send(["{", '"type"', ": ", '"ping"}'])
        await client.hear("pong")


@pytest.mark.parametrize(
    ("headers", "query", "status"),
    [
        ({"Cookie": "session=ann"}, "", 403),
        ({"Cookie": "session=ann", "Origin": "https://evil.example"}, "", 403),
        ({"Cookie": "session=ann", "Origin": "null"}, "", 403),
    ],
)
async def test_a_cookie_from_elsewhere_is_refused(headers: dict[str, str], query: str, status: int) -> None:
    async with live_site() as site:
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket(query, additional_headers=headers):
                pass
        assert refused.value.response.status_code == status


@pytest.mark.parametrize(
    ("headers", "query"),
    [
        ({}, ""),
        ({"Authorization": "Bearer nobody"}, ""),
        ({"Cookie": "session=ann", "Origin": "https://evil.example"}, "?ticket=worthless"),
        ({"Cookie": "session=ann", "Authorization": "Bearer nobody"}, ""),
    ],
)
async def test_who_is_not_signed_in_is_told_so(headers: dict[str, str], query: str) -> None:
    async with live_site() as site, site.socket(query, additional_headers=headers) as socket:
        assert await close_code(socket) == 4401


async def test_cookie_of_this_host_and_of_a_friend_and_ticket_are_let_in() -> None:
    async with live_site() as site:
        here = f"http://127.0.0.1:{site.port}"
        for headers, query in (
            ({"Cookie": "session=ann", "Origin": here}, ""),
            ({"Cookie": "session=ann", "Origin": "https://friend.example"}, ""),
            ({"Origin": "https://evil.example"}, "?ticket=ann"),
        ):
            async with site.socket(query, additional_headers=headers) as socket:
                await SocketClient(socket).hear("welcome")


async def test_other_paths_are_404() -> None:
    async with live_site() as site:
        with pytest.raises(InvalidStatus) as refused:
            async with site.socket("/other"):
                pass
        assert refused.value.response.status_code == 404


async def test_shutdown_tells_viewers_to_come_back() -> None:
    async with live_site() as site:
        socket = await site.socket()
        await SocketClient(socket).hear("welcome")
        site.server.should_exit = True
        assert await close_code(socket) == 1012
        await socket.close()


async def test_revoked_principals_are_sent_away_at_once() -> None:
    async with live_site() as site, site.socket() as ann, site.socket("?ticket=bob", additional_headers={}) as bob:
        await SocketClient(ann).hear("welcome")
        await SocketClient(bob).hear("welcome")
        assert site.hub.principals() == {"ann", "bob"}
        assert site.hub.revoke("ann") == 1
        assert await close_code(ann) == 4403
        other = SocketClient(bob)
        await other.say(type="ping")
        await other.hear("pong")


async def test_too_many_sessions_of_one_principal() -> None:
    async with live_site(HubLimits(sessions_per_principal=1)) as site, site.socket() as first:
        await SocketClient(first).hear("welcome")
        async with site.socket() as second:
            assert await close_code(second) == 4429


async def test_viewers_of_a_dashboard_that_is_published_anew_switch_on_the_same_session() -> None:
    async with live_site() as site, site.socket() as socket, site.socket() as second:
        site.engine.add((AA, 1.0), (EWR, 1.0))
        client, other = SocketClient(socket), SocketClient(second)
        await client.say(type="subscribe", id="s", dashboard="board", filters={"origin": ["EWR"]})
        await client.until([["UA", 1, 1.0]], "carrier")
        kept = client.channels["carrier"]
        await other.say(type="subscribe", id="s", dashboard="broken")
        await other.hear("subscribed")
        assert site.hub.watched() == ["dashboard board", "dashboard broken"]

        site.resolver.boards["board"] = {"carrier": BY_CARRIER, "more": {**TOTAL, "by": ["origin"]}}
        site.resolver.versions["board"] = 2
        assert site.hub.moved({"dashboard board": "1", "dashboard broken": "1"}) == 0
        assert site.hub.moved({"dashboard board": "2", "dashboard broken": "1"}) == 1
        notice = await client.hear("notice")
        assert (notice["kind"], notice["id"]) == ("published", "s")
        assert notice["data"] == {"dashboard": "board", "version": 2}
        again = client.of("subscribed")[-1]
        assert again["version"] == 2
        assert set(client.channels) == {"carrier", "more"}
        assert client.channels["carrier"] == kept, "a widget that did not change keeps its channel"
        await client.until([["EWR", 1]], "more")
        assert [each["channel"] for each in client.of("snapshot")].count(kept) == 1, "and is not sent again"
        await other.say(type="ping")
        await other.hear("pong")
        assert other.of("notice") == []


async def test_viewers_of_what_is_gone_are_told_and_let_go() -> None:
    async with live_site() as site, site.socket() as socket:
        client = SocketClient(socket)
        await client.say(type="subscribe", id="s", dashboard="board")
        await client.hear("subscribed")
        del site.resolver.boards["board"]
        site.hub.moved({"dashboard board": ""})
        error = await client.hear("error")
        assert (error["id"], error["code"]) == ("s", "not_found")
        assert site.hub.watched() == []


async def test_silence_is_asked_about_and_then_ended() -> None:
    async with live_site(HubLimits(heartbeat=0.2, timeout=0.2, resolution=0.05)) as site, site.socket() as socket:
        client = SocketClient(socket)
        await client.hear("ping")
        await client.say(type="pong")
        await client.hear("ping")
        assert await close_code(socket) == 4408
        assert site.hub.stats.sessions == {"websocket": 0}
