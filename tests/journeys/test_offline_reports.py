"""Reports with the cable unplugged: a real hub, a console's store that it feeds, and exports when the hub is gone."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from feeding_seat import FeedingSeat
from house import ROOT
from report_room import EXPORT
from town import BUSAN, PROGRAM, until

from console.client.hubproc import Children, ChildrenPlan, ChildTold
from console.report.verify import verify
from console.setup.arguments import HUB_SECRET_ENV

pytestmark = [pytest.mark.journey, pytest.mark.timeout(300)]

PATIENCE_S = 90.0
STORE = Path("console") / "holdings.db"
FORMATS = "pdf,xlsx,csv,html,json"


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Children]:
    """A city in a storm and a hub as a console starts them, with a data folder that is not the console's."""
    told: list[ChildTold] = []
    children = Children(
        ChildrenPlan(PROGRAM, BUSAN, tmp_path / "hub", "storm", 1, HUB_SECRET_ENV), told.append
    )
    children.start()
    try:
        until("the hub is ready", lambda: bool(children.url), PATIENCE_S)
        yield children
    finally:
        children.stop()


def _count(data: Path, sql: str) -> int:
    path = data / STORE
    if not path.is_file():
        return 0
    base = sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True, timeout=20)
    try:
        return int(base.execute(sql).fetchone()[0] or 0)
    except sqlite3.OperationalError:
        return 0
    finally:
        base.close()


def _rows(data: Path) -> int:
    return _count(data, "SELECT sum(rows) FROM piece")


def _records(data: Path) -> int:
    return _count(data, "SELECT count(*) FROM journal WHERE kind = 'alarm'")


def _environ(scratch: Path) -> dict[str, str]:
    env = {name: text for name, text in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    keyring = {"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring", "XDG_DATA_HOME": str(scratch)}
    return {**env, **keyring, "PYTHONPATH": str(ROOT), "LANG": "ko_KR.UTF-8", "LC_ALL": "C.UTF-8"}


def _export(data: Path, out: Path, formats: str = FORMATS) -> list[str]:
    now = datetime.now(UTC)
    span = [(now + timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ") for minutes in (-30, 30)]
    words = ["export", "shift", "--data", str(data), "--from", span[0], "--to", span[1], "--lang", "ko"]
    return [*EXPORT, *words, "--format", formats, "--out", str(out)]


def _fed(town: Children, data: Path) -> None:
    with FeedingSeat(data, town.url, town.secret):
        until("records and samples are kept", lambda: _rows(data) > 500 and _records(data) > 0, PATIENCE_S)


@pytest.mark.expects_log("link")
def test_a_hub_that_is_killed_leaves_a_console_that_still_reports(town: Children, tmp_path: Path) -> None:
    """Every format comes out with no display, says until when it reaches, and is verified with no hub."""
    data, out = tmp_path / "console", tmp_path / "out"
    with FeedingSeat(data, town.url, town.secret) as seat:
        until("records and samples are kept", lambda: _rows(data) > 500 and _records(data) > 0, PATIENCE_S)
        pid = town.hub.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        died = time.time_ns()
        until("the link is lost", lambda: not seat.live, PATIENCE_S)
        done = subprocess.run(
            _export(data, out),
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            env=_environ(tmp_path / "key"),
            check=False,
        )
    assert done.returncode == 0, done.stderr
    report = json.loads(next(out.glob("*.json")).read_text())["report"]
    assert died - 30 * 10**9 < report["until"] < died
    stamp = datetime.fromtimestamp(report["until"] // 10**9, UTC) + timedelta(hours=9)
    assert f"자료는 {stamp:%Y-%m-%d %H:%M:%S} 까지입니다" in next(out.glob("*.html")).read_text()
    files = sorted(out.iterdir())
    assert {path.suffix for path in files} == {".pdf", ".xlsx", ".csv", ".html", ".json", ".zip"}
    for path in files:
        verdict = verify(path)
        assert verdict.differences == [], path.name
        assert verdict.records > 0


@pytest.mark.expects_log("link")
def test_a_hub_that_is_killed_midway_of_an_export_changes_nothing(town: Children, tmp_path: Path) -> None:
    data, out = tmp_path / "console", tmp_path / "out"
    _fed(town, data)
    process = subprocess.Popen(
        [*_export(data, out), "--progress"], stdout=subprocess.PIPE, text=True, env=_environ(tmp_path / "key")
    )
    assert process.stdout is not None
    while '"pdf"' not in process.stdout.readline():
        assert process.poll() is None
    assert town.hub.pid is not None
    os.kill(town.hub.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=PATIENCE_S)
    assert json.loads(rest.splitlines()[-1])["doing"] == "done"
    assert process.returncode == 0
    assert verify(next(out.glob("*.pdf"))).differences == []


@pytest.mark.expects_log("link", "feed")
def test_a_hub_that_is_killed_midway_of_an_export_from_its_own_folder_changes_nothing(
    town: Children, tmp_path: Path
) -> None:
    """A single seat exports from the folder of its hub while that hub writes, and is killed."""
    out = tmp_path / "out"
    journal = tmp_path / "hub" / "hub" / "journal.db"
    until("there are records", journal.is_file, PATIENCE_S)
    time.sleep(5.0)
    words = _export(tmp_path / "hub", out)
    process = subprocess.Popen(
        [*words, "--progress"], stdout=subprocess.PIPE, text=True, env=_environ(tmp_path / "key")
    )
    assert process.stdout is not None
    while '"facts"' not in process.stdout.readline():
        assert process.poll() is None
    assert town.hub.pid is not None
    os.kill(town.hub.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=PATIENCE_S)
    assert json.loads(rest.splitlines()[-1])["doing"] == "done"
    assert verify(next(out.glob("*.pdf"))).differences == []


def test_a_console_that_is_killed_while_it_is_fed_goes_on_where_it_was(
    town: Children, tmp_path: Path
) -> None:
    """The store is sound at any moment; the next start asks for what is missing and for nothing else."""
    data = tmp_path / "console"
    for _ in range(3):
        life = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("feeding_seat.py")), str(data), town.url],
            stdout=subprocess.PIPE,
            text=True,
            env={**_environ(tmp_path / "key"), HUB_SECRET_ENV: town.secret},
        )
        assert life.stdout is not None
        assert life.stdout.readline() == "live\n"
        before = _count(data, "SELECT max(at) FROM heard")
        until("it is fed", lambda was=before: _count(data, "SELECT max(at) FROM heard") > was, PATIENCE_S)
        life.send_signal(signal.SIGKILL)
        life.wait(PATIENCE_S)
        life.stdout.close()
        base = sqlite3.connect(data / STORE)
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        held = [row[0] for row in base.execute("SELECT sequence FROM journal ORDER BY sequence")]
        base.close()
        assert held == list(range(held[0], held[0] + len(held)))
    _fed(town, data)
    out = tmp_path / "out"
    done = subprocess.run(
        _export(data, out, "json,xlsx"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=_environ(tmp_path / "key"),
        check=False,
    )
    assert done.returncode == 0, done.stderr
    report = json.loads(next(out.glob("*.json")).read_text())["report"]
    assert [one["code"] for one in report["missing"] if "held" in one["code"]] == []
    assert verify(next(out.glob("*.xlsx"))).differences == []
