"""The report desk with the real program: made in a process of its own, cancelled, refused, planned, watched."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import SignalBlocker
from report_room import END, T0, catalogue, shift_data

from console.desk.office import Office, SeatWishes, open_office
from console.desk.reports.desk import Ended, ReportDesk
from console.desk.reports.jobs import Tools
from console.desk.reports.keeper import TRIES, PlanKeeper
from console.desk.reports.plans import ReportPlan
from console.desk.reports.shelf import Made
from console.desk.reports.wish import Wish
from console.setup.bootstrap import ROOT

LIMIT = 20_000
WISH = Wish(kind="shift", start=T0, end=END, lang="en", formats=("json", "csv"))
_STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print('{"step":1,"of":2,"doing":"collect","file":""}', flush=True)
time.sleep(60)
"""
SLOW = (sys.executable, "-c", _STUBBORN)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return shift_data(tmp_path_factory.mktemp("hub"), 12)


@pytest.fixture
def office(qtbot: QtBot, tmp_path: Path) -> Office:
    made = open_office(tmp_path / "seat", SeatWishes(lang="en", theme="day"))
    made.settings.override("report_folder", str(tmp_path / "out"))
    made.catalogue.push(catalogue(), "digest")
    return made


def ended_of(heard: SignalBlocker) -> Ended:
    ended: object = (heard.args or [None])[0]  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]
    assert isinstance(ended, Ended)
    return ended


def tools(tmp_path: Path, data: Path, program: tuple[str, ...] = ()) -> Tools:
    own = program or (sys.executable, str(ROOT / "main.py"))
    return Tools(own, data, tmp_path / "preview", tmp_path / "plans.json")


def test_a_report_is_made_beside_the_window_and_lies_on_the_shelf(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path
) -> None:
    desk = ReportDesk(office, tools(tmp_path, data))
    ended: list[Ended] = []
    steps: list[str] = []
    desk.job_ended.connect(ended.append)
    desk.jobs_changed.connect(lambda: steps.append(desk.step.doing if desk.step else ""))
    assert desk.make(WISH)
    qtbot.waitUntil(lambda: bool(ended), timeout=LIMIT)
    assert ended[0].outcome.ok, ended[0].outcome
    assert {"collect", "json", "csv", "evidence"} <= set(steps)
    (made,) = desk.shelf
    assert (made.stem, made.kind) == (ended[0].stem, "shift")
    assert set(made.formats) == {"json", "csv"}
    assert desk.verify(made)
    qtbot.waitUntil(lambda: len(ended) == 2, timeout=LIMIT)
    assert ended[1].outcome.ok
    assert "computed anew" in ended[1].outcome.words


def test_a_preview_is_not_filed(qtbot: QtBot, office: Office, tmp_path: Path, data: Path) -> None:
    desk = ReportDesk(office, tools(tmp_path, data))
    with qtbot.waitSignal(desk.job_ended, timeout=LIMIT) as heard:
        desk.preview(WISH)
    ended = ended_of(heard)
    assert ended.outcome.ok, ended.outcome
    assert (tmp_path / "preview" / f"{ended.stem}.pdf").is_file()
    assert desk.shelf == ()
    desk.stop()
    assert not (tmp_path / "preview").exists()


@pytest.mark.expects_log("app")
def test_a_folder_that_cannot_be_written_is_named_and_leaves_nothing(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path
) -> None:
    (tmp_path / "out").write_text("a file, not a folder")
    desk = ReportDesk(office, tools(tmp_path, data))
    assert desk.shelf_fault
    with qtbot.waitSignal(desk.job_ended, timeout=LIMIT) as heard:
        desk.make(WISH)
    outcome = ended_of(heard).outcome
    assert not outcome.ok
    assert str(tmp_path / "out") in outcome.words
    assert "usage" not in outcome.words


@pytest.mark.expects_log("app")
def test_a_job_that_does_not_listen_is_killed_and_the_next_one_begins(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.reports.run.CANCEL_MS", 200)
    desk = ReportDesk(office, tools(tmp_path, data, SLOW))
    ended: list[Ended] = []
    desk.job_ended.connect(ended.append)
    desk.make(WISH)
    desk.make(WISH)
    desk.make(WISH)
    qtbot.waitUntil(lambda: desk.step is not None, timeout=LIMIT)
    assert len(desk.waiting) == 2
    desk.cancel(desk.jobs[2].number)
    assert desk.job is not None
    desk.cancel(desk.job.number)
    qtbot.waitUntil(lambda: len(ended) == 1 and desk.step is not None, timeout=LIMIT)
    assert ended[0].outcome.cancelled
    assert [job.number for job in desk.jobs] == [2]
    began = time.monotonic()
    desk.stop()
    assert desk.jobs == ()
    assert time.monotonic() - began < 10


@pytest.mark.expects_log("app")
def test_a_program_that_is_not_there_ends_the_job_with_words(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", "")
    desk = ReportDesk(office, tools(tmp_path, data, (str(tmp_path / "nothing"),)))
    with qtbot.waitSignal(desk.job_ended, timeout=LIMIT) as heard:
        desk.make(WISH)
    assert not ended_of(heard).outcome.ok
    assert ended_of(heard).outcome.words
    assert desk.jobs == ()


def test_the_folder_is_watched_also_before_it_is_there(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path
) -> None:
    desk = ReportDesk(office, tools(tmp_path, data))
    folder = tmp_path / "out"
    folder.mkdir()
    name = "day-busan-20261121T000000-20261122T000000-ko"
    (folder / f"{name}.pdf").write_bytes(b"")
    qtbot.waitUntil(lambda: _stems(desk.shelf) == [name], timeout=LIMIT)
    (folder / f"{name}.pdf").unlink()
    qtbot.waitUntil(lambda: desk.shelf == (), timeout=LIMIT)


def _stems(shelf: tuple[Made, ...]) -> list[str]:
    return [made.stem for made in shelf]


def test_a_plan_makes_what_was_missed_and_keeps_only_so_many(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path
) -> None:
    office.clock.heard(END + 3600 * 10**9)
    (tmp_path / "out").mkdir()
    old = "command_log-busan-20261120T153000-20261121T153000-ko"
    for name in (f"{old}.json", f"{old}.evidence.zip"):
        (tmp_path / "out" / name).write_bytes(b"")
    desk = ReportDesk(office, tools(tmp_path, data))
    keeper = PlanKeeper(office, desk, tmp_path / "plans.json")
    plan = ReportPlan(
        id="p", kind="command_log", at="15:30", formats=("json",), keep=1, since=END, made=(old,)
    )
    assert keeper.put(plan) == ""
    keeper.make_due()
    keeper.make_due()
    assert len(desk.jobs) == 1, "each once"
    qtbot.waitUntil(lambda: not desk.jobs and keeper.plans[0].made != (old,), timeout=LIMIT)
    desk.look()
    assert [made.stem for made in desk.shelf] == list(keeper.plans[0].made)
    assert keeper.plans[0].done == END + 1800 * 10**9
    keeper.make_due()
    assert desk.jobs == ()
    again = PlanKeeper(office, desk, tmp_path / "plans.json")
    assert again.plans == keeper.plans
    assert again.remove("p") == ""
    assert again.plans == ()


@pytest.mark.expects_log("app")
def test_a_time_without_records_is_not_tried_again(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path
) -> None:
    desk = ReportDesk(office, tools(tmp_path, data))
    keeper = PlanKeeper(office, desk, tmp_path / "plans.json")
    office.clock.heard(END + 40 * 86_400 * 10**9)
    keeper.put(ReportPlan(id="p", kind="day", since=office.clock.now_ns() - 86_400 * 10**9))
    with qtbot.waitSignal(desk.job_ended, timeout=LIMIT):
        keeper.make_due()
    assert keeper.plans[0].done > 0
    assert desk.jobs == ()


@pytest.mark.expects_log("app")
def test_a_plan_that_fails_is_tried_again_and_then_given_up_aloud(
    qtbot: QtBot, office: Office, tmp_path: Path, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.desk.reports.keeper.AGAIN_NS", 0)
    broken = (sys.executable, "-c", "import sys; sys.stderr.write('the disk is full'); sys.exit(1)")
    desk = ReportDesk(office, tools(tmp_path, data, broken))
    keeper = PlanKeeper(office, desk, tmp_path / "plans.json")
    ended: list[Ended] = []
    given_up: list[ReportPlan] = []
    desk.job_ended.connect(ended.append)
    keeper.given_up.connect(given_up.append)
    keeper.put(ReportPlan(id="p", kind="day", since=office.clock.now_ns() - 86_400 * 10**9))
    for number in range(1, TRIES + 1):
        keeper.make_due()
        qtbot.waitUntil(lambda wanted=number: len(ended) == wanted, timeout=LIMIT)
    assert ended[0].outcome.words == "the disk is full"
    assert [plan.id for plan in given_up] == ["p"]
    keeper.make_due()
    assert desk.jobs == ()
