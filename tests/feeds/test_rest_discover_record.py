"""An address that nobody has described: a first profile of it, and a recording that plays as it was."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from http_stage import Asked, reply, serving
from tape_stage import act, discovered, recorded, replayed, tape, told, values_of

from console.feeds.rest.scout import options_for
from console.feeds.secrets import variable

pytestmark = pytest.mark.expects_log("feed")
KEY = "ab+c/d=="


def stations(turn: int = 0) -> str:
    items = [
        {"station": f"st{n}", "dataTime": "2026-11-22 16:00", "pm10": f"{30 + n + turn}", "o3": "0.031"}
        for n in (1, 2)
    ]
    return json.dumps(
        {"response": {"header": {"resultCode": "00"}, "body": {"items": items, "totalCount": 2}}}
    )


def test_an_open_data_service_becomes_a_profile_that_runs(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(lambda asked: reply(stations())) as (url, _):
            site = await discovered(f"{url}/air", tmp_path / "air")
            (feed,) = site.feeds
            assert (feed.adapter, feed.options["items_path"], feed.options["source_path"]) == (
                "rest", "response.body.items", "station",
            )  # fmt: skip
            assert {asset.id for asset in site.assets} == {"st1", "st2"}
            assert (await values_of(site, 4))["st1.pm10"] == 31.0

    act(scene())


def test_one_object_without_a_name_is_named_by_its_host(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(lambda asked: reply('{"water": {"level": 2.5, "gate": true}}')) as (url, _):
            site = await discovered(url, tmp_path / "one")
            assert site.feeds[0].options["source"] == "127.0.0.1"
            assert len(await values_of(site, 2)) == 2

    act(scene())


def test_a_refusal_inside_an_answer_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from console.hub.district import command
    from console.setup.arguments import FeedsDiscoverOptions

    body = json.dumps({"response": {"header": {"resultCode": "30", "resultMsg": "NO KEY"}}})

    async def scene() -> None:
        import asyncio

        async with serving(lambda asked: reply(body)) as (url, _):
            asked = FeedsDiscoverOptions(url, tmp_path / "x", "", 0.5)
            assert await asyncio.to_thread(command.main, asked) == 1

    act(scene())
    assert "30 NO KEY" in capsys.readouterr().out


def test_a_recording_of_answers_plays_as_it_was_read_and_holds_no_key(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable("air"), KEY)
    turns = iter(range(100))

    def answer(asked: Asked) -> bytes:
        turn = next(turns)
        if turn == 1:
            return reply(f'<nothing key="{KEY}">', Content_Type="text/xml")
        if turn == 2:
            return reply(stations(turn).encode("utf-16"), Content_Type="application/json; charset=utf-16")
        return reply(stations(turn))

    async def scene() -> None:
        async with serving(answer) as (url, _):
            live = await recorded(
                f"{url}/air", tmp_path / "t.jsonl", "rest", 1.5, every_s=0.2, secret="air", key_param="serviceKey",
                items_path="response.body.items", source_path="station", time_path="dataTime", zone="Asia/Seoul",
            )  # fmt: skip
        heard = await replayed(tmp_path / "t.jsonl")
        assert len(live.rows) > 8
        assert told(heard.rows) == told(live.rows)
        assert len(heard.faults) == live.unreadable == 1
        _, frames = tape(tmp_path / "t.jsonl")
        assert frames[0].about.startswith(url)
        assert "status=200" in frames[0].about
        text = (tmp_path / "t.jsonl").read_text()
        assert KEY not in text
        assert "ab%2Bc" not in text

    act(scene())


def test_texts_that_are_numbers_are_values() -> None:
    assert options_for(json.loads(stations()), "host") == {
        "items_path": "response.body.items",
        "source_path": "station",
        "time_path": "dataTime",
        "zone": "Asia/Seoul",
    }
    assert options_for([{"id": "a", "v": 1}], "host") == {"source_path": "id"}
