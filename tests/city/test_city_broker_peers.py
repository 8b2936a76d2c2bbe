"""The city's broker and the clients of Mosquitto: programs that others wrote, against the broker that we wrote."""

from __future__ import annotations

import asyncio
import shutil

import pytest
from factory_stage import PATIENCE_S, broker, client, heard

from console.feeds.mqtt_wire import Message


@pytest.mark.parametrize("version", ["mqttv311", "mqttv5"])
def test_the_clients_of_mosquitto_are_served(version: str) -> None:
    """A client that others wrote, against the broker that we wrote."""
    listen, say = shutil.which("mosquitto_sub"), shutil.which("mosquitto_pub")
    if listen is None or say is None:
        pytest.skip("the clients of mosquitto are not installed")

    async def story() -> bytes:
        async with broker() as (made, port):
            to = ["-h", "127.0.0.1", "-p", str(port), "-V", version, "-q", "2"]
            sub = await asyncio.create_subprocess_exec(
                listen, *to, "-t", "city/+/temperature", "-C", "2", "-v", stdout=asyncio.subprocess.PIPE
            )
            async with asyncio.timeout(PATIENCE_S):
                while not made.connected:
                    await asyncio.sleep(0.01)
                for place, value in (("a", "21.5"), ("b", "22.5")):
                    topic = ["-t", f"city/{place}/temperature", "-m", value]
                    pub = await asyncio.create_subprocess_exec(say, *to, *topic)
                    assert await pub.wait() == 0
                out, _ = await sub.communicate()
            return out

    assert asyncio.run(story()).split() == [b"city/a/temperature", b"21.5", b"city/b/temperature", b"22.5"]


def test_a_will_of_a_client_of_mosquitto_is_published() -> None:
    listen = shutil.which("mosquitto_sub")
    if listen is None:
        pytest.skip("the clients of mosquitto are not installed")

    async def story() -> Message:
        async with broker() as (made, port), client(f"ws://127.0.0.1:{port}/mqtt", "last/#") as ear:
            to = [
                "-h",
                "127.0.0.1",
                "-p",
                str(port),
                "-t",
                "t",
                "--will-topic",
                "last/word",
                "--will-payload",
                "w",
            ]
            sub = await asyncio.create_subprocess_exec(listen, *to, "--will-retain")
            async with asyncio.timeout(PATIENCE_S):
                while made.connected < 2:
                    await asyncio.sleep(0.01)
            sub.kill()
            await sub.wait()
            return await heard(ear)

    assert asyncio.run(story()).payload == b"w"
