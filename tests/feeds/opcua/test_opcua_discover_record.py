"""A server that nobody has described: a first profile of it, and a recording that plays as it was."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import pytest
from opcua_stage import URI, Plant
from tape_stage import act, discovered, recorded, replayed, tape, told, values_of

from console.core.quality import Quality
from console.feeds.opcua.codec import Value
from console.feeds.opcua.frames import read_written, written

pytestmark = pytest.mark.expects_log("feed")


def test_the_address_space_of_a_server_becomes_a_profile_that_runs(plant: Plant, tmp_path: Path) -> None:
    async def scene() -> None:
        site = await discovered(plant.url, tmp_path / "plant", publish_s=0.05)
        (feed,) = site.feeds
        assert (feed.adapter, feed.map[0].source) == ("opcua", f"nsu={URI};s={{asset}}")
        tags = {tag.name: tag for tag in site.types[0].tags}
        assert {"level", "flow", "running", "count", "name"} <= tags.keys()
        assert not {"many", "raw"} & tags.keys()
        assert (tags["running"].kind, tags["count"].decimals) == ("discrete", 0)
        assert [asset.id for asset in site.assets] == ["p1"]
        assert (await values_of(site, 3))["p1.level"] == 1.5

    act(scene())


def test_a_recording_of_a_server_plays_as_it_was_read(plant: Plant, tmp_path: Path) -> None:
    file = tmp_path / "tape.jsonl"

    async def scene() -> None:
        async def change() -> None:
            for turn in range(400):
                plant.set("level", 1.5 + turn % 7, at=datetime.now(UTC))
                plant.set("flow", float("nan"))
                plant.set("running", bool(turn % 2), code=0x4000_0000)
                await asyncio.sleep(0.05)

        changing = asyncio.create_task(change(), name="plant")
        try:
            live = await recorded(plant.url, file, seconds=2.0, publish_s=0.05)
        finally:
            changing.cancel()
            await asyncio.wait((changing,))
        points = {(row.source, row.path) for row in live.rows}
        heard = await replayed(file, points)
        assert len(live.rows) > 12
        assert told(heard.rows) == told(live.rows)
        assert any(row.quality is Quality.UNCERTAIN for row in heard.rows)
        head, frames = tape(file)
        assert (head.adapter, frames[0].about.partition("\t")[0]) == ("opcua", f"nsu={URI};s=p1")

    act(scene())


class _Named:
    Text = "열림"


@pytest.mark.parametrize(
    "data",
    [1, 2.5, True, None, "열림", float("inf"), [1.0, 2.0], datetime(2026, 11, 22, 7, 0, 0, 250_000, UTC)],
)
def test_what_a_frame_says_is_what_was_written(data: object) -> None:
    value = Value(
        data, 0x4091_0000, datetime(2026, 11, 22, 7, tzinfo=UTC), datetime(2026, 11, 22, 7, 0, 1, tzinfo=UTC)
    )
    assert read_written(written(value, None)) == (value, None)
    assert read_written(written(value, {0: "off", 1: "on"})) == (value, {0: "off", 1: "on"})


def test_a_text_with_its_language_is_kept_as_its_text() -> None:
    value, _ = read_written(written(Value(_Named()), None))
    assert getattr(value.data, "Text", None) == "열림"
