"""The virtual environment: made once, whole or made again, and by one process at a time.

The packages here are tiny wheels written by the test, served from a folder: nothing is fetched.
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

import pytest

from console.setup import bootstrap
from console.setup.bootstrap import Plan, Profile
from console.setup.failure import SetupError
from console.setup.progress import Progress

ROOT = Path(__file__).resolve().parents[2]


def _wheel(folder: Path, name: str) -> str:
    """Write a wheel with one module; returns its sha256."""
    info = f"{name}-1.0.dist-info"
    files = {
        f"{name}.py": "ANSWER = 42\n",
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(
        f"{path},sha256={base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b'=').decode()},\n"
        for path, text in files.items()
    )
    path = folder / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        for inside, text in {**files, f"{info}/RECORD": record}.items():
            wheel.writestr(inside, text)
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def house(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with locks of three tiny wheels; its `uv` has no program inside, so pip does the work."""
    links, locks = tmp_path / "links", tmp_path / "packaging" / "requirements"
    links.mkdir()
    locks.mkdir(parents=True)
    digests = {name: _wheel(links, name) for name in ("uv", "tiny_run", "tiny_dev")}
    lines = {name: f"{name}==1.0 --hash=sha256:{digest}\n" for name, digest in digests.items()}
    (locks / "installer.txt").write_text(lines["uv"])
    (locks / "run.txt").write_text(lines["tiny_run"])
    (locks / "dev.txt").write_text(lines["tiny_run"] + lines["tiny_dev"])
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(links))
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    return tmp_path


def _plan(house: Path, profile: Profile = "run") -> Plan:
    return Plan(house, house / ".venv", profile)


def _imports(plan: Plan, module: str) -> bool:
    return (
        subprocess.run(
            [str(plan.python), "-c", f"import {module}"], stderr=subprocess.DEVNULL, check=False
        ).returncode
        == 0
    )


def _stamped(house: Path, profile: Profile) -> Plan:
    """A plan whose environment looks finished, without the seconds that making one takes."""
    plan = _plan(house, profile)
    plan.python.parent.mkdir(parents=True)
    plan.python.touch()
    plan.stamp.write_text(json.dumps(asdict(bootstrap.wanted_stamp(plan, profile))))
    return plan


START = """
import sys
from pathlib import Path
from console.setup.bootstrap import Plan, prepare
house = Path(sys.argv[1])
print(prepare(Plan(house, house / ".venv", "run")))
"""


def test_two_first_starts_at_once_make_one_whole_environment(house: Path) -> None:
    command = [sys.executable, "-c", START, str(house)]
    starts = [
        subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(2)
    ]
    outputs = [start.communicate(timeout=55) for start in starts]
    assert [start.returncode for start in starts] == [0, 0], outputs
    assert sorted(out.strip() for out, _ in outputs) == ["False", "True"]
    plan = _plan(house)
    assert bootstrap.is_ready(plan)
    assert _imports(plan, "tiny_run")
    assert not _imports(plan, "tiny_dev")


def test_a_file_that_is_not_what_the_lock_says_is_refused(house: Path) -> None:
    lock = house / "packaging" / "requirements" / "run.txt"
    lock.write_text(f"tiny_run==1.0 --hash=sha256:{'0' * 64}\n")
    with pytest.raises(SetupError) as refused:
        bootstrap.prepare(_plan(house), Progress(io.StringIO()))
    assert refused.value.key == "error.hash"
    assert str(lock) in str(refused.value)
    assert not bootstrap.is_ready(_plan(house))


def test_a_second_start_only_reads(house: Path) -> None:
    plan = _stamped(house, "run")
    before = {path: path.stat().st_mtime_ns for path in house.rglob("*")}
    assert bootstrap.prepare(plan) is False
    assert {path: path.stat().st_mtime_ns for path in house.rglob("*")} == before


ENTER = """
import sys
from pathlib import Path
from console.setup.bootstrap import Plan, enter
house = Path(sys.argv[1])
enter(Plan(house, house / ".venv", "run"), Path("main.py"), ["hub"])
"""


@pytest.mark.skipif(os.name == "nt", reason="the stand-in interpreter is a shell script")
def test_the_program_is_entered_with_memory_that_is_given_back(house: Path) -> None:
    plan = _stamped(house, "run")
    plan.python.write_text('#!/bin/sh\necho "$MALLOC_ARENA_MAX" "$MALLOC_TRIM_THRESHOLD_" "$@"\n')
    plan.python.chmod(0o755)
    environ = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    command = [sys.executable, "-c", ENTER, str(house)]

    def told(**own: str) -> str:
        done = subprocess.run(
            command,
            env=environ | {"PYTHONPATH": os.getcwd()} | own,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout.strip()

    assert told() == "2 131072 main.py hub"
    assert told(MALLOC_ARENA_MAX="8") == "8 131072 main.py hub", "what the user set himself stays"


def test_tools_serve_the_program_but_not_the_other_way_round(house: Path) -> None:
    _stamped(house, "dev")
    assert bootstrap.is_ready(_plan(house, "run"))
    plan = _plan(house, "run")
    plan.stamp.write_text(json.dumps(asdict(bootstrap.wanted_stamp(plan, "run"))))
    assert not bootstrap.is_ready(_plan(house, "dev"))


def _change_lock(plan: Plan) -> None:
    lock = plan.lock_file("run")
    lock.write_text(lock.read_text() + "# newer\n")


def _lose_stamp(plan: Plan) -> None:
    plan.stamp.unlink()


def _break_stamp(plan: Plan) -> None:
    plan.stamp.write_text('{"profile": "run"')


def _foreign_stamp(plan: Plan) -> None:
    plan.stamp.write_text('{"colour": "red"}')


def _lose_python(plan: Plan) -> None:
    plan.python.unlink()


def _move(plan: Plan) -> None:
    fields = json.loads(plan.stamp.read_text())
    plan.stamp.write_text(json.dumps({**fields, "place": "/elsewhere/.venv"}))


@pytest.mark.parametrize(
    "harm", [_change_lock, _lose_stamp, _break_stamp, _foreign_stamp, _lose_python, _move]
)
def test_what_is_not_whole_is_noticed(house: Path, harm: Callable[[Plan], None]) -> None:
    plan = _stamped(house, "run")
    assert bootstrap.is_ready(plan)
    harm(plan)
    assert not bootstrap.is_ready(plan)


@pytest.mark.slow
def test_an_interrupted_set_up_is_begun_again(house: Path) -> None:
    start = subprocess.Popen([sys.executable, "-c", START, str(house)], cwd=ROOT, stderr=subprocess.DEVNULL)
    plan = _plan(house)
    while not plan.venv.exists() and start.poll() is None:
        time.sleep(0.01)
    start.kill()
    start.wait()
    assert not bootstrap.is_ready(plan)
    assert bootstrap.prepare(plan, Progress(io.StringIO())) is True
    assert _imports(plan, "tiny_run")


@pytest.mark.slow
def test_a_changed_lock_is_followed_and_tools_stay(house: Path) -> None:
    assert bootstrap.prepare(_plan(house, "dev"), Progress(io.StringIO()))
    for name in ("run", "dev"):
        lock = house / "packaging" / "requirements" / f"{name}.txt"
        lock.write_text(lock.read_text() + "# newer\n")
    assert bootstrap.prepare(_plan(house, "run"), Progress(io.StringIO()))
    assert bootstrap.is_ready(_plan(house, "dev"))
    assert _imports(_plan(house), "tiny_dev")


def test_progress_names_each_step_with_its_time() -> None:
    stream = io.StringIO()
    progress = Progress(stream)
    progress.line("hello")
    assert stream.getvalue() == "hello\n"
    assert progress.elapsed_s() >= 0.0


@pytest.mark.parametrize(
    ("version", "key"),
    [((3, 8), "error.old_python"), ((3, 10), "error.old_python"), ((3, 15), "error.new_python")],
)
def test_a_python_out_of_range_is_named(version: tuple[int, int], key: str) -> None:
    with pytest.raises(SetupError) as refused:
        bootstrap.check_python(version, "/usr/bin/python3")
    assert refused.value.key == key
    assert "/usr/bin/python3" in str(refused.value)


@pytest.mark.parametrize("version", [(3, 11), (3, 12), (3, 13), (3, 14)])
def test_a_python_in_range_is_taken(version: tuple[int, int]) -> None:
    assert bootstrap.check_python(version, "python3") is None


def test_a_missing_venv_module_is_answered_with_the_line_to_type() -> None:
    with pytest.raises(SetupError) as refused:
        bootstrap.check_venv_module(found=False)
    assert "apt-get install -y python3-venv" in str(refused.value)


def test_a_full_disk_is_noticed_before_anything_is_written(house: Path) -> None:
    with pytest.raises(SetupError) as refused:
        bootstrap.check_place(_plan(house), free_bytes=200_000_000)
    assert refused.value.key == "error.no_space"
    assert "200 MB" in str(refused.value)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    plan = Plan(tmp_path, blocked / "deep" / ".venv", "run")
    with pytest.raises(SetupError) as refused:
        bootstrap.check_place(plan)
    assert refused.value.key == "error.not_writable"
    assert str(blocked) in str(refused.value)


def test_a_lost_lock_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SetupError) as refused:
        bootstrap.wanted_stamp(Plan(tmp_path, tmp_path / ".venv", "run"), "run")
    assert str(tmp_path) in str(refused.value)


@pytest.mark.parametrize(
    ("output", "key"),
    [
        ("error: Failed to fetch: `x`\n  Caused by: error sending request for url", "error.network"),
        ("ERROR: Could not connect: [Errno -2] Name or service not known; name resolution", "error.network"),
        ("error: No space left on device (os error 28)", "error.no_space"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "error.hash"),
        ("Hash mismatch for `msgspec==0.22.0`", "error.hash"),
        ("error: something else\nlast words", "error.step"),
        ("", "error.step"),
    ],
)
def test_the_cause_of_a_failed_step_is_read_from_its_output(tmp_path: Path, output: str, key: str) -> None:
    plan = Plan(tmp_path, tmp_path / ".venv", "run")
    plan.log.write_text(f"\n== Step one\nfailed to fetch\n\n== Install\n{output}\n")
    assert bootstrap._why(plan, "Install").key == key


def test_the_environment_may_live_elsewhere(tmp_path: Path) -> None:
    assert bootstrap.default_venv({"GWANJE_VENV": str(tmp_path)}) == tmp_path
    assert bootstrap.default_venv({}).name == ".venv"


def test_the_child_writes_bytecode_and_imports_only_what_is_locked() -> None:
    kept = bootstrap._clean({"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": "/x", "PATH": "/bin"})
    assert kept == {"PATH": "/bin"}
