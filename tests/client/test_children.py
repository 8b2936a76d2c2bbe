"""Child processes: found by their ready lines, started again, ended in order. Real processes of this interpreter."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from console.client.backoff import Backoff
from console.client.child import Child, ChildCommand, last_words
from console.client.hubproc import Children, ChildrenPlan, ChildTold, feed_urls, hub_url

pytestmark = pytest.mark.timeout(30)

STEADY = "import sys, time; print('ready', flush=True); time.sleep(60)"
CRASHES = "import sys; print('ready', flush=True); sys.stderr.write('out of luck\\n'); sys.exit(3)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"

MAIN = """
import json, os, sys, time
name, words = sys.argv[1], sys.argv[2:]
def told(option):
    return [words[i + 1] for i, word in enumerate(words) if word == option]
with open(sys.argv[0] + "." + name, "a") as file:
    file.write(json.dumps([words, os.environ.get("TEST_SECRET", "")]) + "\\n")
if name == "city":
    feeds = {n: "ws://127.0.0.1:%d/" % (9000 + i) for i, n in enumerate(("sensors", "logistics", "factory"))}
    print(json.dumps({"ready": feeds}), flush=True)
else:
    print(json.dumps({"ready": {"url": "ws://127.0.0.1:9999/ws"}}), flush=True)
time.sleep(60)
"""


def until(holds: Callable[[], object], within_s: float = 10.0) -> None:
    end = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def child(tmp_path: Path, program: str) -> tuple[Child, list[str], list[str]]:
    ready: list[str] = []
    ended: list[str] = []
    log = tmp_path / "child.log"
    command = ChildCommand([sys.executable, "-c", program], {}, log)
    return Child("c", lambda: command, ready.append, ended.append, Backoff(lambda: 0.0, 0.01)), ready, ended


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_child_is_heard_and_ended_by_its_id(tmp_path: Path) -> None:
    one, ready, ended = child(tmp_path, STEADY)
    one.start()
    until(lambda: ready == ["ready"])
    pid = one.pid
    assert pid is not None
    one.ask_to_stop()
    one.wait_stopped(2.0)
    assert not alive(pid)
    assert ended == []


@pytest.mark.expects_log("link")
def test_crashed_child_is_started_again_and_its_last_words_are_told(tmp_path: Path) -> None:
    one, ready, ended = child(tmp_path, CRASHES)
    one.start()
    until(lambda: len(ready) >= 2)
    one.ask_to_stop()
    one.wait_stopped(2.0)
    assert ended[0] == "out of luck"


@pytest.mark.expects_log("link")
def test_child_that_does_not_end_is_killed(tmp_path: Path) -> None:
    one, ready, _ = child(tmp_path, STUBBORN)
    one.start()
    until(lambda: ready)
    pid = one.pid
    assert pid is not None
    one.ask_to_stop()
    one.wait_stopped(0.2)
    assert not alive(pid)


def test_last_words_of_a_log_that_does_not_exist_are_empty(tmp_path: Path) -> None:
    assert last_words(tmp_path / "none.log") == ""


@pytest.mark.parametrize(
    ("line", "url"),
    [
        ('{"ready": {"url": "ws://127.0.0.1:40001/ws"}}', "ws://127.0.0.1:40001/ws"),
        ("ready http://127.0.0.1:40001", "ws://127.0.0.1:40001/ws"),
        ("ready wss://[::1]:8700/ws", "wss://[::1]:8700/ws"),
        ("no address here", ""),
    ],
)
def test_hub_is_found_in_its_ready_line(line: str, url: str) -> None:
    assert hub_url(line) == url


def test_feeds_are_found_in_the_ready_line_of_the_city() -> None:
    line = '{"ready": {"sensors": "ws://127.0.0.1:1/x", "factory": "ws://127.0.0.1:3/", "other": "ws://h/"}}'
    assert feed_urls(line) == {"sensors": "ws://127.0.0.1:1/x", "factory": "ws://127.0.0.1:3/"}
    assert feed_urls("sensors=ws://127.0.0.1:5") == {"sensors": "ws://127.0.0.1:5"}


def test_hub_gets_the_feeds_of_the_city_and_a_secret_that_no_argument_shows(tmp_path: Path) -> None:
    """SEC-33: the secret is in the environment of the hub alone, never in argv."""
    main = tmp_path / "main.py"
    main.write_text(MAIN)
    told: list[ChildTold] = []
    plan = ChildrenPlan(
        (sys.executable, str(main)), tmp_path / "site", tmp_path / "data", "storm", 5, "TEST_SECRET"
    )
    children = Children(plan, told.append)
    children.start()
    try:
        until(lambda: children.url)
        assert children.url == "ws://127.0.0.1:9999/ws"
        city, hub = (tmp_path / "main.py.city").read_text(), (tmp_path / "main.py.hub").read_text()
        assert "sensors=ws://127.0.0.1:9000/" in hub
        assert '"storm"' in city
        assert str(os.getpid()) in hub
        assert hub.count(children.secret) == 1
        assert children.secret in hub.rpartition("]")[0].rpartition("]")[2]
        assert children.secret not in city
        pids = (children.city.pid, children.hub.pid)
    finally:
        began = time.monotonic()
        children.stop()
    assert time.monotonic() - began < 3.0
    assert all(pid is not None and not alive(pid) for pid in pids)
    assert told == []
