"""The oneM2M feed against ACME CSE, a server that others wrote, over WebSocket and over MQTT.

ACME is no dependency of ours: it is installed into an environment that is thrown away (or `GWANJE_ACME_PYTHON`
names an interpreter that has it).
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cse_lines import Option, fed
from cse_peer import until
from feed_stage import T, run
from mosquitto_stage import Mosquitto, free_port, mosquitto
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

from console.core.feed import FeedState
from console.core.site import FeedDef
from console.feeds.base import DeviceAnswer, DeviceCommand

PACKAGE = "acmecse==2026.5.3"
INSTALL_S = 300.0
STARTS_S = 60.0
pytestmark = [pytest.mark.slow, pytest.mark.journey, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def interpreter(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has ACME."""
    given = os.environ.get("GWANJE_ACME_PYTHON")
    if given:
        return Path(given)
    folder = tmp_path_factory.mktemp("acme") / "venv"
    venv.create(folder, with_pip=True)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done = subprocess.run(
        [python, "-m", "pip", "install", "--quiet", PACKAGE],
        capture_output=True,
        text=True,
        timeout=INSTALL_S,
    )
    if done.returncode:
        pytest.skip(f"{PACKAGE} cannot be installed: {done.stderr.strip()[-200:]}")
    return python


@dataclass
class Acme:
    """A running CSE with a device of the tests in it."""

    port: int
    broker: Mosquitto
    folder: Path
    requests: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def url(self) -> str:
        """Its WebSocket."""
        return f"ws://127.0.0.1:{self.port}/"

    def device(self) -> connect:
        """A connection of a device."""
        return connect(
            self.url,
            subprotocols=[Subprotocol("oneM2M.json")],
            additional_headers={"X-M2M-Origin": "Cdevice"},
            proxy=None,
        )

    async def do(
        self,
        line: ClientConnection,
        op: int,
        to: str,
        kind: int = 0,
        content: object = None,
        sender: str = "Cdevice",
    ) -> int:
        """A request of the device; returns the response code."""
        tree: dict[str, object] = {
            "op": op, "to": to, "fr": sender, "rqi": f"d{next(self.requests)}", "rvi": "4",
        }  # fmt: skip
        tree |= ({"ty": kind} if kind else {}) | ({} if content is None else {"pc": content})
        await line.send(json.dumps(tree))
        async with asyncio.timeout(10):
            while True:
                told = json.loads(await line.recv())
                if told.get("rqi") == tree["rqi"]:
                    return int(told["rsc"])

    async def put(self, line: ClientConnection, name: str, content: object) -> None:
        """An instance in one of the device's containers."""
        assert await self.do(line, 1, f"cse-in/device/{name}", 4, {"m2m:cin": {"con": content}}) == 2001


CONFIG = """[basic.config]
cseType=IN
cseID=busan-in
cseName=cse-in
adminID=CAdmin
dataDirectory={folder}
networkInterface=127.0.0.1
cseHost=127.0.0.1
httpPort={http}
databaseType=memory
logLevel=warn
consoleTheme=dark

[websocket]
enable=true
port={web}
listenIF=127.0.0.1

[mqtt]
enable=true
address=127.0.0.1
port={broker}
listenIF=127.0.0.1

[cse.registration]
allowedAEOriginators=C*,S*
"""


@pytest.fixture(scope="module")
def acme(interpreter: Path, tmp_path_factory: pytest.TempPathFactory) -> Generator[Acme, None, None]:
    folder = tmp_path_factory.mktemp("cse")
    with mosquitto(tmp_path_factory.mktemp("broker")) as broker:
        web = free_port()
        (folder / "acme.ini").write_text(
            CONFIG.format(folder=folder, http=free_port(), web=web, broker=broker.port), encoding="utf-8"
        )
        log = (folder / "acme.log").open("wb")
        with log:
            process = subprocess.Popen(
                [interpreter, "-m", "acmecse", "--headless", "-dir", str(folder)],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder,
            )  # fmt: skip
        made = Acme(web, broker, folder)
        try:
            asyncio.run(_ready(made, process, folder / "acme.log"))
            yield made
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


async def _ready(acme: Acme, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until it takes an application, for it listens before it has its own resources; then fill it."""
    deadline = time.monotonic() + STARTS_S
    entity = {"rn": "device", "api": "Nd", "rr": True, "srv": ["4"]}
    code = 0
    while code != 2001:
        assert process.poll() is None, log.read_text(errors="replace")[-2000:]
        assert time.monotonic() < deadline, f"{code} " + log.read_text(errors="replace")[-2000:]
        try:
            async with acme.device() as line:
                code = await acme.do(line, 1, "cse-in", 2, {"m2m:ae": entity})
        except (OSError, TimeoutError):
            code = 0
        await asyncio.sleep(0.3)
    async with acme.device() as line:
        # Everyone may do everything: the rights of a CSE are not what is tested here.
        rule = {"acr": [{"acor": ["all"], "acop": 63}]}
        policy = {"rn": "all", "pv": rule, "pvs": {"acr": [{"acor": ["Cdevice"], "acop": 63}]}}
        assert await acme.do(line, 1, "cse-in/device", 1, {"m2m:acp": policy}) == 2001
        for name in ("level", "status", "valve"):
            container = {"rn": name, "acpi": ["cse-in/device/all"]}
            assert await acme.do(line, 1, "cse-in/device", 3, {"m2m:cnt": container}) == 2001


@pytest.mark.parametrize("transport", ["websocket", "mqtt", "mqtt over websocket"])
def test_acme_is_read_commanded_and_subscribed_to_again(acme: Acme, transport: str) -> None:
    async def scene() -> None:
        ours = f"Cgwanje{len(transport)}"
        given: dict[str, Option] = {
            "cse": "cse-in", "cse_id": "busan-in", "ae": ours, "ae_name": ours, "subscription": ours, "release": "4",
            "check_s": 0.3,
        }  # fmt: skip
        url = {"websocket": acme.url, "mqtt": acme.broker.url}.get(transport, acme.broker.web_url)
        if transport == "mqtt over websocket":
            given |= {"transport": "mqtt", "reached_at": acme.broker.url}
        made = FeedDef(id="acme", adapter="onem2m", url=url, label=T, options=given)
        async with acme.device() as line:
            await acme.put(line, "level", 1.5)
            async with fed(made, "level", "status.pump.rpm", "absent", source="cse-in/device") as (
                feed,
                heard,
            ):
                assert heard.faults == [("cse-in/device/absent", "no_such_node")]
                await heard.until(lambda: any(row.value == 1.5 for row in heard.rows))
                began = time.time_ns()
                await acme.put(line, "status", '{"pump": {"rpm": 900}}')
                await heard.until(
                    lambda: any(row.at >= began - 10**9 for row in heard.rows if "rpm" in row.path)
                )
                told = [row for row in heard.rows if row.path == "status.pump.rpm"][-1]
                assert (told.value, abs(told.at - began) < 5 * 10**9) == (900, True)

                answers: list[DeviceAnswer] = []
                await feed.send(DeviceCommand("01JD", "cse-in/device", "valve", "open"), answers.append)
                await until(lambda: bool(answers))
                assert answers == [DeviceAnswer("accepted_final", detail="2001 CREATED")]

                assert await acme.do(line, 4, f"cse-in/device/level/{ours}", sender="CAdmin") == 2002
                await until(lambda: FeedState.GAP in heard.states)
                await acme.put(line, "level", 3.5)
                await heard.until(lambda: any(row.value == 3.5 for row in heard.rows))
                assert FeedState.GAP in heard.states

    run(scene())
