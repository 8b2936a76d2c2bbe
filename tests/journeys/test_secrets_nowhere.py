"""Known secrets go through real processes; afterwards they are nowhere: no log, no file, no argument, no environment.

SEC-33, with the crash logs of SEC-45.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from people_seat import PersonSeat
from town import BUSAN, PROGRAM, Life, Town, until

from console.setup.arguments import HUB_SECRET_ENV
from console.setup.display import virtual_display
from console.wire.enrolment import unseal

pytestmark = [pytest.mark.journey, pytest.mark.timeout(180)]

SECRET = "canary-launch-secret-7Kq2"
PASSWORD = "canary-password-of-kim-9Zt4"
WRONG = "canary-wrong-password-3Lm8"


def _main(*words: str, said: str = "") -> str:
    """A command of main.py that must succeed; its output."""
    environ = {**os.environ, "LANG": "en_US.UTF-8"}
    done = subprocess.run(
        [*PROGRAM, *words], input=said, capture_output=True, text=True, timeout=60, env=environ, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _spilled(folder: Path, canaries: list[bytes], keep: str = "") -> list[str]:
    """Files below a folder that hold one of these words; `keep` names the ones that are made to hold it."""
    return [
        f"{path.relative_to(folder)}: {word[:12].decode()}…"
        for path in folder.rglob("*")
        if path.is_file() and not (keep and re.search(keep, path.as_posix()))
        for content in [path.read_bytes()]
        for word in canaries
        if word in content
    ]


def _shown(pid: int, canaries: list[bytes]) -> list[str]:
    """Where the system shows one of these words for a process and its children."""
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    return [
        f"{process.pid} {name}"
        for process in family
        for name in ("cmdline", "environ")
        for content in [Path(f"/proc/{process.pid}/{name}").read_bytes()]
        if any(word in content for word in canaries)
    ]


def _account(data: Path) -> None:
    words = ("hub", "account", "add", "kim", "--name", "Kim", "--role", "operator", "--stdin")
    _main(*words, "--data", str(data), said=PASSWORD + "\n")


def test_a_shift_leaves_no_secret_behind(tmp_path: Path) -> None:
    """SEC-33: launch secret, password and session token; in logs, databases, ledger export, argv and environment."""
    town = Town(tmp_path, secret=SECRET)
    _account(town.data)
    canaries = [SECRET.encode(), PASSWORD.encode(), WRONG.encode()]
    try:
        town.start_city()
        words = [*PROGRAM, "hub", "--site", str(BUSAN), "--data", str(town.data), "--listen", "127.0.0.1:0"]
        words += ["--sign-in", "accounts"]
        town.hub = Life(words, tmp_path / "hub.err", {HUB_SECRET_ENV: SECRET})
        url = town.hub.ready["url"]
        with PersonSeat(url, SECRET, "kim", WRONG, "s1") as stranger:
            assert stranger.sign_in_result is not None
            assert stranger.sign_in_result.reason
        with PersonSeat(url, SECRET, "kim", PASSWORD, "s1") as kim:
            assert kim.session is not None
            order = kim.order("eco-light-1", "lights_on")
            kim.request(order)
        assert _shown(town.hub.pid, canaries) == []
        os.kill(town.hub.pid, signal.SIGABRT)
        town.hub.process.wait(20)
    finally:
        town.stop()
    export = tmp_path / "ledger.jsonl"
    _main("ledger", "export", "--data", str(town.data), "--out", str(export))
    assert export.stat().st_size > 0
    assert {"ledger.jsonl: kim…", "data/hub/hub.log: kim…"} <= set(_spilled(tmp_path, [b"kim"]))
    assert _spilled(tmp_path, canaries) == []


def _certificate_of(pem: str) -> bytes:
    return pem.split("\n")[1].encode()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[tuple[Town, Path, str]]:
    """A city, a hub with TLS, and an enrolment with its passphrase."""
    town = Town(tmp_path / "site")
    town.folder.mkdir()
    file = tmp_path / "desk-1.gwseat"
    told = _main(
        *("hub", "enrol", "--data", str(town.data), "--seat", "desk-1", "--out", str(file)),
        *("--host", "localhost", "--host", "127.0.0.1"),
    )
    passphrase = told.strip().split("\n")[-1].strip()
    _account(town.data)
    try:
        town.start_city()
        words = [*PROGRAM, "hub", "--site", str(BUSAN), "--data", str(town.data), "--tls"]
        town.hub = Life([*words, "--listen", "127.0.0.1:0"], town.folder / "hub.err")
        yield town, file, passphrase
        assert told.count("Fingerprint") == 2
    finally:
        town.stop()


def test_a_console_is_enrolled_crashes_and_leaves_no_secret_behind(
    tmp_path: Path, desk: tuple[Town, Path, str]
) -> None:
    """SEC-21, SEC-33, SEC-45: the fingerprint on both ends; without a keyring nothing is written; a crash log is empty
    of secrets. The seat is then revoked and refused.
    """
    town, file, passphrase = desk
    assert town.hub is not None
    url = town.hub.ready["url"]
    assert url.startswith("wss://")
    enrolment = unseal(file.read_bytes(), passphrase)
    canaries = [passphrase.encode(), passphrase.replace("-", "").encode(), _certificate_of(enrolment.key)]
    data = tmp_path / "console"
    hub_log = town.data / "hub" / "hub.log"
    out = tmp_path / "console.out"
    environ = {
        **{name: value for name, value in os.environ.items() if name != HUB_SECRET_ENV},
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "QT_QPA_PLATFORM": "xcb",
        "LANG": "en_US.UTF-8",
    }
    words = [*PROGRAM, "console", "--enrol", str(file), "--hub", url.replace("127.0.0.1", "localhost")]
    words += ["--data", str(data), "--map", "native", "--lang", "en"]
    with virtual_display() as display, out.open("wb") as output:
        console = subprocess.Popen(
            words, stdin=subprocess.PIPE, stdout=output, stderr=output, env={**environ, "DISPLAY": display}
        )
        try:
            assert console.stdin is not None
            console.stdin.write(passphrase.encode() + b"\n")
            console.stdin.close()
            until("the console at its desk", lambda: "'desk-1'" in hub_log.read_text(), 60)
            assert _shown(console.pid, canaries) == []
            console.send_signal(signal.SIGABRT)
            console.wait(20)
        finally:
            console.kill()
            console.wait()
    told = out.read_text()
    assert "becomes seat desk-1" in told
    assert "no safe keyring" in told
    shown = [line.strip() for line in told.splitlines() if re.fullmatch(r"\s*([0-9A-F]{4} ?){16}", line)]
    assert len(shown) == 2
    assert shown[0] in _main("hub", "seats", "--data", str(town.data))
    assert "Fatal Python error: Aborted" in (data / "console" / "crash.log").read_text()
    assert _spilled(tmp_path, canaries, keep=r"pki/[^/]*\.(key|pem)$") == []
    assert "0 certificate" not in _main("hub", "revoke", "--data", str(town.data), "--seat", "desk-1")
