"""Every entry point of `main.py` that needs no window, started as a person starts it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Generator
from pathlib import Path

import psutil
import pytest
from house import ROOT
from script_seat import ScriptSeat
from town import BUSAN, PROGRAM, Life, Town, copied_site, is_running, replaced, until
from websockets.exceptions import ConnectionClosed

from console.core.feed import FeedState
from console.core.quality import Quality
from console.setup.display import virtual_display
from console.wire.messages import JournalReply, QueryJournal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Generator[Town, None, None]:
    made = Town(tmp_path_factory.mktemp("town"))
    try:
        made.start()
        yield made
    finally:
        made.stop()


def run(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    """One `main.py` to its end."""
    told = {**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": "en_US.UTF-8", **environ}
    return subprocess.run([*PROGRAM, *words], capture_output=True, text=True, env=told, cwd=ROOT, timeout=60)


def get(url: str, secret: str = "") -> tuple[int, str]:
    """Status and text of an HTTP answer."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {secret}"} if secret else {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_doctor_says_that_this_machine_is_ready() -> None:
    done = run("doctor")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.strip()


def test_the_shipped_site_is_sound() -> None:
    done = run("site", "check", str(BUSAN))
    assert done.returncode == 0, done.stdout
    assert "49" in done.stdout
    assert "710" in done.stdout


def test_a_broken_line_of_a_profile_is_named_with_its_file_and_line(tmp_path: Path) -> None:
    """Neither the check nor a hub takes a profile with a broken line."""
    site = copied_site(tmp_path)
    replaced(site / "types" / "pumping-station.toml", 'name = "outlet_level"', 'name = outlet_level"')
    lines = (site / "types" / "pumping-station.toml").read_text(encoding="utf-8").splitlines()
    line = lines.index('name = outlet_level"') + 1
    for words in (
        ("site", "check", str(site)),
        ("hub", "--site", str(site), "--data", str(tmp_path / "data")),
    ):
        done = run(*words)
        assert done.returncode == 1, done
        assert f"types/pumping-station.toml:{line}:" in done.stdout + done.stderr, done
        assert "Traceback" not in done.stderr


def test_an_asset_id_that_stands_twice_is_named_with_its_line(tmp_path: Path) -> None:
    site = copied_site(tmp_path)
    with (site / "assets.csv").open("a", encoding="utf-8") as file:
        file.write("eco-pump,pumping-station,둘째,Second,eco-delta,35.1,128.9,\n")
    line = len((site / "assets.csv").read_text(encoding="utf-8").splitlines())
    for words in (
        ("site", "check", str(site)),
        ("hub", "--site", str(site), "--data", str(tmp_path / "data")),
    ):
        done = run(*words)
        assert done.returncode == 1, done
        assert f"assets.csv:{line}:" in done.stdout + done.stderr, done
        assert "eco-pump" in done.stdout + done.stderr


@pytest.mark.parametrize(
    "words", [("console", "--theme", "pink"), ("hub",), ("city", "--speed", "0"), ("bench", "x")]
)
def test_a_bad_argument_is_named(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 2, done
    named = {"console": "--theme", "hub": "--site", "city": "--speed", "bench": "name"}[words[0]]
    assert named in done.stderr
    assert "Traceback" not in done.stderr


def test_a_hub_listens_on_loopback_only(tmp_path: Path) -> None:
    """SEC-20: no open port without authentication."""
    done = run("hub", "--site", str(BUSAN), "--data", str(tmp_path / "data"), "--listen", "0.0.0.0:0")
    assert done.returncode != 0
    assert "0.0.0.0" in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_one_data_directory_is_opened_by_one_hub(town: Town) -> None:
    """DESIGN 7: the second hub says so in one sentence."""
    done = run("hub", "--site", str(BUSAN), "--data", str(town.data), "--listen", "127.0.0.1:0")
    assert done.returncode != 0
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert town.hub is not None
    assert town.hub.running


def test_a_hub_answers_over_http_only_who_knows_the_secret(town: Town) -> None:
    status, text = get(f"{town.http}/healthz")
    assert status == 200
    assert text
    assert get(f"{town.http}/metrics")[0] == 401
    status, text = get(f"{town.http}/metrics", town.secret)
    assert status == 200
    assert "gwanje_updates_total" in text
    status, text = get(f"{town.http}/api/v1/catalogue", town.secret)
    assert status == 200
    assert "eco-pump" in text


def test_a_script_on_the_json_protocol_sees_a_living_city(town: Town) -> None:
    """7 areas, 49 assets, all three feeds, moving vessels and trucks, nearly every value good."""
    with ScriptSeat(town.url, town.secret) as seat:
        catalogue = seat.catalogue
        assert len(catalogue.areas) >= 5
        assert len(catalogue.assets) >= 40
        assert len(catalogue.tags) >= 600
        seat.until(
            "three live feeds",
            lambda: [fact.state for fact in seat.feeds.values()] == [FeedState.LIVE] * 3,
        )
        tags = len(catalogue.tags)
        seat.until(
            "good values",
            lambda: sum(value[2] == Quality.GOOD for value in seat.values.values()) > 0.97 * tags,
            60,
        )
        seat.until("vessels", lambda: sum(fact.kind == "vessel" for fact in seat.movers.values()) >= 10)
        seat.until("trucks", lambda: sum(fact.kind == "truck" for fact in seat.movers.values()) >= 5)
        seat.send(QueryJournal(request="j1", limit=20))
        records = seat.wait_for(JournalReply).records
        assert any(record.kind == "feed" for record in records)
    assert town.hub is not None
    assert town.hub.running


def test_a_wrong_secret_gets_no_seat(town: Town) -> None:
    """SEC-20: the refusal comes before anything of the city is told."""
    seat = ScriptSeat(town.url, "wrong")
    with pytest.raises(ConnectionClosed), seat:
        pytest.fail("was seated")
    assert seat.problems == ["NOT_AUTHENTICATED"]
    assert seat.welcome is None


def test_a_city_alone_runs_and_ends_when_asked(tmp_path: Path) -> None:
    names = ("sensors", "logistics", "factory")
    words = [word for name in names for word in (f"--listen-{name}", "127.0.0.1:0")]
    city = Life([*PROGRAM, "city", *words], tmp_path / "city.log")
    try:
        assert sorted(city.ready) == sorted(names)
    finally:
        assert city.stop() == 0
    assert "Traceback" not in city.words()


def test_without_a_screen_the_console_says_so_in_one_sentence(tmp_path: Path) -> None:
    """Exit code 3 instead of Qt's abort."""
    done = run("console", "--data", str(tmp_path), DISPLAY="", QT_QPA_PLATFORM="", WAYLAND_DISPLAY="")
    assert done.returncode == 3, done
    assert len(done.stderr.strip().splitlines()) == 1
    done = run("console", "--data", str(tmp_path), DISPLAY=":31999", QT_QPA_PLATFORM="", WAYLAND_DISPLAY="")
    assert done.returncode == 3, done
    assert ":31999" in done.stderr


def family_of(pid: int) -> dict[str, int]:
    """Process ids of the city and the hub that a console has started."""
    found: dict[str, int] = {}
    for child in psutil.Process(pid).children():
        words = child.cmdline()
        for name in ("city", "hub"):
            if name in words:
                found[name] = child.pid
    return found


def open_console(folder: Path, display: str) -> subprocess.Popen[bytes]:
    """`main.py` as a person starts it: its own city, its own hub."""
    environ = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "LANG": "en_US.UTF-8"}
    with (folder / "console.out").open("wb") as out:
        return subprocess.Popen(
            [*PROGRAM, "console", "--data", str(folder / "data"), "--map", "native", "--lang", "en"],
            stdout=out,
            stderr=out,
            env=environ,
            cwd=ROOT,
        )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_children_are_gone_after_the_console(tmp_path: Path, number: signal.Signals) -> None:
    """Nothing is left running, whether the window was closed or the process killed."""
    with virtual_display() as display:
        console = open_console(tmp_path, display)
        log = tmp_path / "data" / "console" / "console.log"

        def says(words: str) -> bool:
            ended = console.poll()
            assert ended is None, f"ended with {ended}: {(tmp_path / 'console.out').read_text()[-2000:]}"
            return log.exists() and words in log.read_text(encoding="utf-8")

        try:
            until("a live window", lambda: says("first paint") and says("live with"), 60)
            family = family_of(console.pid)
            assert sorted(family) == ["city", "hub"]
            console.send_signal(number)
            code = console.wait(15)
        finally:
            console.kill()
            console.wait()
        assert code == (0 if number == signal.SIGTERM else -signal.SIGKILL)
        until("the children have ended", lambda: not any(is_running(pid) for pid in family.values()), 10)
    if number == signal.SIGTERM:
        for written in (tmp_path / "data").rglob("*.log"):
            words = written.read_text(encoding="utf-8")
            assert "ERROR" not in words, f"{written.name}: {words}"
            assert "WARNING" not in words, f"{written.name}: {words}"


def test_help_is_there_for_every_command() -> None:
    for name in ("", "console", "hub", "city", "site", "shots", "bench", "test", "doctor"):
        done = subprocess.run(
            [sys.executable, str(ROOT / "main.py"), *name.split(), "--help"],
            capture_output=True,
            text=True,
            timeout=30,
        )
        assert done.returncode == 0, name
        assert "main.py" in done.stdout, name


def test_the_ready_line_is_one_json_line(town: Town) -> None:
    assert town.hub is not None
    assert json.dumps(town.hub.ready).startswith('{"url": "ws://127.0.0.1:')


@pytest.mark.slow
@pytest.mark.timeout(420)
def test_shots_renders_the_screens_of_the_real_program(tmp_path: Path) -> None:
    """Korean and English, day and night, from a storm; each picture shows something of its own."""
    folder = tmp_path / "shots"
    done = subprocess.run(
        [*PROGRAM, "shots", str(folder)], capture_output=True, text=True, cwd=ROOT, timeout=400
    )
    assert done.returncode == 0, done.stderr[-2000:]
    pictures = sorted(folder.glob("*.png"))
    names = {f"overview-{lang}-{theme}" for lang in ("ko", "en") for theme in ("day", "night")}
    assert names <= {picture.stem for picture in pictures}
    contents = {picture.read_bytes() for picture in pictures}
    assert len(contents) == len(pictures)
    assert all(len(content) > 60_000 for content in contents)
