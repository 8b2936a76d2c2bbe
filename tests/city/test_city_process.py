"""The city as a process: one line when it is ready, silence otherwise, and an end whatever happens to its parent."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from city_stage import reader
from factory_stage import client, heard

ROOT = Path(__file__).resolve().parents[2]
pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(sys.platform == "win32", reason="signals and pipes of POSIX"),
]

PROGRAM = """
import sys
from console.city.service import main
from console.setup.arguments import Address, CityOptions
free = Address("127.0.0.1", 0)
parent = int(sys.argv[1]) or None
sys.exit(main(CityOptions("calm", 1, free, free, free, parent_pid=parent)))
"""


def start(parent: int = 0, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", PROGRAM, str(parent)]
    pipe = subprocess.PIPE
    return subprocess.Popen(command, cwd=ROOT, text=True, stdin=stdin, stdout=pipe, stderr=pipe)


def ready(city: subprocess.Popen[str]) -> dict[str, str]:
    assert city.stdout is not None
    return json.loads(city.stdout.readline())["ready"]


def ended(city: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = city.communicate(timeout=10)
    return city.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_cleanly_even_with_a_reader(number: signal.Signals) -> None:
    city = start()
    urls = ready(city)
    assert set(urls) == {"sensors", "logistics", "factory"}

    async def story() -> None:
        async with reader(urls["logistics"]) as socket, client(urls["factory"], "spBv1.0/#") as link:
            await socket.recv()
            await heard(link)
            city.send_signal(number)

    asyncio.run(story())
    code, out, err = ended(city)
    assert code == 0
    assert out == ""
    assert "Traceback" not in err


def test_the_end_of_standard_input_ends_it() -> None:
    city = start(stdin=subprocess.PIPE)
    ready(city)
    code, _out, err = ended(city)  # communicate closes the pipe
    assert code == 0
    assert "Traceback" not in err


def test_it_does_not_outlive_its_parent() -> None:
    parent = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    city = start(parent.pid)
    ready(city)
    assert city.poll() is None
    parent.communicate(b"\n", timeout=10)
    code, _out, _err = ended(city)
    assert code == 0


def test_a_taken_port_is_said_in_one_line_and_ends_with_failure() -> None:
    first = start()
    port = ready(first)["sensors"].rsplit(":", 1)[1].split("/")[0]
    program = PROGRAM.replace('"calm", 1, free', f'"calm", 1, Address("127.0.0.1", {port})')
    second = subprocess.run(
        [sys.executable, "-c", program, "0"],
        cwd=ROOT,
        text=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=20,
    )
    first.send_signal(signal.SIGTERM)
    ended(first)
    assert second.returncode == 1
    assert second.stdout == ""
    assert "cannot listen" in second.stderr
    assert "Traceback" not in second.stderr


@pytest.mark.slow
def test_it_costs_little_with_all_three_feeds_read() -> None:
    """Less than 5 percent of a core and 80 MB at rated load."""
    city = start()
    urls = ready(city)

    async def story() -> float:
        subscribe = {"subscriptionId": "s", "entityIds": None}
        paths = {"context": "*", "subscribe": [{"path": "*", "policy": "instant"}]}
        async with (
            reader(urls["sensors"], subscribe) as one,
            reader(urls["logistics"], paths) as two,
            client(urls["factory"], "spBv1.0/#") as three,
        ):

            async def drain(socket: Any) -> None:
                async for _message in socket:
                    continue

            async def drain_link() -> None:
                while True:
                    await three.receive()

            tasks = [asyncio.create_task(drain(socket)) for socket in (one, two)]
            tasks.append(asyncio.create_task(drain_link()))
            process = psutil.Process(city.pid)
            await asyncio.sleep(3.0)
            before = sum(process.cpu_times()[:2])
            await asyncio.sleep(20.0)
            after = sum(process.cpu_times()[:2])
            assert process.memory_info().rss < 80e6
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            return (after - before) / 20.0

    share = asyncio.run(story())
    city.send_signal(signal.SIGTERM)
    ended(city)
    assert share < 0.05


def test_the_helper_sees_a_process_that_is_gone() -> None:
    from console.city.parent import parent_is_gone

    child = subprocess.Popen([sys.executable, "-c", ""], stdin=subprocess.DEVNULL)
    child.wait(10)
    assert parent_is_gone(child.pid)
    assert not parent_is_gone(os.getpid())
