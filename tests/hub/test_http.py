"""Read-only HTTP beside the WebSocket."""

from __future__ import annotations

import asyncio
import http.client
import json
from pathlib import Path
from typing import Any

from hub_room import SECRET, Room, hub_room

BEARER = {"Authorization": f"Bearer {SECRET}"}


def _ask(
    room: Room, path: str, method: str = "GET", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    host = room.url.split("/")[2]
    line = http.client.HTTPConnection(host, timeout=5)
    try:
        line.request(method, path, headers=headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    finally:
        line.close()


async def _get(room: Room, path: str, headers: dict[str, str] | None = None) -> tuple[int, Any]:
    status, body = await asyncio.to_thread(_ask, room, path, "GET", BEARER if headers is None else headers)
    return status, json.loads(body) if body[:1] in (b"{", b"[") else body.decode()


def test_state_history_and_journal_are_read_with_the_secret(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room:
            room.plant.push("a0", "level", 90.0)
            await asyncio.sleep(0.2)
            assert await _get(room, "/healthz", {}) == (200, {"status": "ok"})
            _, site = await _get(room, "/api/v1/catalogue")
            assert (site["id"], [(one["id"], one["url"]) for one in site["feeds"]]) == (
                "small",
                [("plant", "")],
            )
            _, alarms = await _get(room, "/api/v1/alarms")
            assert [(a["alarm"], a["value"]) for a in alarms] == [(0, 90.0)]
            _, feeds = await _get(room, "/api/v1/feeds")
            assert [(f["feed"], f["state"]) for f in feeds] == [("plant", "live")]
            assert await _get(room, "/api/v1/commands") == (200, [])
            _, records = await _get(room, "/api/v1/journal?subject=a0&limit=5")
            assert [r["what"] for r in records] == ["ACT"]
            _, series = await _get(room, "/api/v1/history?tag=a0.level")
            assert [row[3] for row in series["rows"]] == [90.0]
            status, metrics = await _get(room, "/metrics")
            assert (status, "gwanje_updates_total 1.0" in metrics) == (200, True)
            assert 'gwanje_feed_state{feed="plant",state="live"} 1.0' in metrics

    asyncio.run(story())


def test_nothing_but_health_is_read_without_the_secret(tmp_path: Path) -> None:
    """SEC-20."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            for path in (
                "/metrics",
                *(f"/api/v1/{p}" for p in ("catalogue", "alarms", "feeds", "journal", "history")),
            ):
                for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": SECRET}):
                    assert (await _get(room, path, headers))[0] == 401

    asyncio.run(story())


def test_writing_browsers_and_foreign_names_are_refused(tmp_path: Path) -> None:
    """SEC-24; a name that only resolves to loopback is DNS rebinding."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            for method in ("POST", "PUT", "DELETE", "PATCH"):
                assert (await asyncio.to_thread(_ask, room, "/api/v1/alarms", method, BEARER))[0] == 405
            assert (await _get(room, "/healthz", {"Origin": "http://127.0.0.1"}))[0] == 403
            assert (await _get(room, "/healthz", {"Host": "city.example"}))[0] == 403
            assert (await _get(room, "/healthz", {"Host": "localhost:1"}))[0] == 200
            assert (await _get(room, "/nothing"))[0] == 404

    asyncio.run(story())


def test_bad_questions_are_named(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room:
            for path, where in (
                ("history?tag=nothing", "tag"),
                ("history?tag=a0.level&start=x", "start, end or points"),
                ("history?tag=a0.level&start=5&end=4", "start, end or points"),
                ("journal?limit=many", "limit"),
            ):
                status, answer = await _get(room, f"/api/v1/{path}")
                assert (status, answer["where"]) == (400, where)

    asyncio.run(story())


def test_health_says_so_when_records_do_not_become_durable(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path) as room:
            said: tuple[int, Any] = (0, None)
            for _ in range(50):
                # A record of the hub's own start that is written just now takes the failure back.
                room.hub.journal.failure = "disk full"
                said = await _get(room, "/healthz", {})
                if said[0] != 200:
                    break
            assert said == (503, {"status": "failing"})

    asyncio.run(story())
