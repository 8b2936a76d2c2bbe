"""The adapter `sparkplug` with an edge node that nobody here wrote, on a real Mosquitto."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import pytest
from feed_stage import Heard, feed_def, run
from mosquitto_stage import mosquitto
from npm_peer import installed

from console.core.quality import Quality
from console.feeds.base import DeviceAnswer, DeviceCommand
from console.feeds.sparkplug.adapter import make

SCRIPT = Path(__file__).with_name("sparkplug_edge.cjs")
PRESS = "Busan/Line1/Press01"

pytestmark = [pytest.mark.journey, pytest.mark.slow, pytest.mark.timeout(1000)]


def test_an_edge_node_of_another_library_is_born_commanded_and_dies(tmp_path: Path) -> None:
    """Birth with unit and alias, data by name and alias, compressed data, a command confirmed, death by its will."""
    folder = installed("sparkplug")

    async def scene(url: str) -> None:
        heard = Heard()
        feed = make(feed_def("sparkplug", url, {"host_id": "hub1"}, PRESS))
        task = asyncio.create_task(feed.run(heard), name="host")
        await heard.until(lambda: bool(heard.states))
        edge = subprocess.Popen(["node", str(SCRIPT), str(folder), url], stdout=subprocess.DEVNULL)
        try:
            await heard.until(
                lambda: any(row.path == "Spindle/Temp" and row.value == 43.0 for row in heard.rows)
            )
            assert {(PRESS, "Spindle/Temp", "Cel", "float"), (PRESS, "Count", "", "int32")} <= set(
                feed.discovered()
            )
            assert next(row.value for row in heard.rows if row.path == "Count") == -7
            answers: list[DeviceAnswer] = []
            await feed.send(DeviceCommand("01JD", PRESS, "Run", "off"), answers.append)
            await heard.until(lambda: bool(answers))
            assert answers[0].kind == "accepted_final"
            assert heard.faults == []
        finally:
            edge.kill()
            edge.wait()
        await heard.until(lambda: any(row.quality is Quality.STALE for row in heard.rows))
        assert (PRESS, False) in feed.sources()
        task.cancel()
        await asyncio.wait((task,))

    with mosquitto(tmp_path) as broker:
        run(scene(broker.web_url))
