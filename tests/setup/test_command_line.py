"""The command line: every subcommand gives its facts, and a bad argument is named."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from console.setup import arguments as facts
from console.setup.parser import benches, parse, themes

ROOT = Path(__file__).resolve().parents[2]


def test_no_word_means_the_console_on_the_demo_city() -> None:
    assert parse([]) == facts.ConsoleOptions()
    assert parse(["console"]) == facts.ConsoleOptions()
    assert facts.ConsoleOptions().hub is None


def test_options_without_a_command_are_those_of_the_console() -> None:
    options = parse(["--lang", "ko", "--map", "native", "--seed", "7", "--scenario", "storm"])
    assert options == facts.ConsoleOptions(lang="ko", map="native", seed=7, scenario="storm")


def test_a_hub_takes_its_address_and_feeds(tmp_path: Path) -> None:
    words = ["hub", "--site", str(tmp_path), "--data", str(tmp_path / "new"), "--listen", "[::1]:9000"]
    words += ["--feed", "sensors=ws://127.0.0.1:1/x?a=b", "--feed", "plc=opc.tcp://127.0.0.1:4840"]
    options = parse([*words, "--parent-pid", "12"])
    assert options == facts.HubOptions(
        site=tmp_path,
        data=tmp_path / "new",
        listen_host="::1",
        listen_port=9000,
        feed_urls={"sensors": "ws://127.0.0.1:1/x?a=b", "plc": "opc.tcp://127.0.0.1:4840"},
        parent_pid=12,
    )


def test_the_city_gives_its_feeds_three_ports_in_a_row() -> None:
    options = parse(["city", "--port-base", "9100", "--listen-factory", "127.0.0.1:9555", "--speed", "60"])
    assert options == facts.CityOptions(
        sensors=facts.Address("127.0.0.1", 9100),
        logistics=facts.Address("127.0.0.1", 9101),
        factory=facts.Address("127.0.0.1", 9555),
        speed=60.0,
    )


def test_the_other_commands_give_their_facts(tmp_path: Path) -> None:
    assert parse(["site", "check", str(tmp_path)]) == facts.SiteCheckOptions(tmp_path)
    assert parse(["shots", str(tmp_path / "a"), "--site", str(tmp_path)]) == facts.ShotsOptions(
        tmp_path / "a", site=tmp_path
    )
    assert parse(["doctor"]) == facts.DoctorOptions()
    assert parse(["doctor", "--install"]) == facts.DoctorOptions(install=True)


def test_the_handbook_goes_to_a_file_of_markdown_or_html(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["site", "handbook", "--site", str(tmp_path), "--out"]
    out = tmp_path / "book.html"
    assert parse([*words, str(out)]) == facts.SiteHandbookOptions(tmp_path, out, "both")
    assert parse([*words, str(out), "--lang", "ko"]) == facts.SiteHandbookOptions(tmp_path, out, "ko")
    with pytest.raises(SystemExit):
        parse([*words, str(tmp_path / "book.pdf")])
    assert "book.pdf" in capsys.readouterr().err


def test_words_after_test_go_to_pytest_as_they_are() -> None:
    assert parse(["test"]) == facts.TestOptions()
    options = parse(["test", "-k", "alarm and not slow", "--all", "tests/core", "-x"])
    assert options == facts.TestOptions(True, ("-k", "alarm and not slow", "tests/core", "-x"))


def test_a_measurement_must_exist() -> None:
    for name in benches():
        assert parse(["bench", name, "--points", "5"]) == facts.BenchOptions(name, ("--points", "5"))
    with pytest.raises(SystemExit) as refused:
        parse(["bench", "no-such-measurement"])
    assert refused.value.code == 2


def test_day_and_night_are_always_there() -> None:
    assert {"day", "night"} <= set(themes())


BAD = [
    (["fly"], "COMMAND"),
    (["--lang", "fr"], "--lang"),
    (["--map", "paper"], "--map"),
    (["--theme", "pink"], "--theme"),
    (["--scenario", "war"], "--scenario"),
    (["--seed", "-1"], "--seed"),
    (["--seed", "1.5"], "--seed"),
    (["--hub", "localhost:8700"], "--hub"),
    (["--hub", "ftp://x"], "--hub"),
    (["--hub", "ws://x:99999/ws"], "--hub"),
    (["--site", "no-such-folder"], "--site"),
    (["--site", "main.py"], "--site"),
    (["--data", "main.py"], "--data"),
    (["hub", "--data", "x"], "--site"),
    (["hub", "--site", "tests"], "--data"),
    (["hub", "--site", "tests", "--data", "x", "--listen", "8700"], "--listen"),
    (["hub", "--site", "tests", "--data", "x", "--listen", "h:70000"], "--listen"),
    (["hub", "--site", "tests", "--data", "x", "--listen", "::1:80"], "--listen"),
    (["hub", "--site", "tests", "--data", "x", "--listen", ":80"], "--listen"),
    (["hub", "--site", "tests", "--data", "x", "--feed", "sensors"], "--feed"),
    (["hub", "--site", "tests", "--data", "x", "--feed", "a=nothing"], "--feed"),
    (["hub", "--site", "tests", "--data", "x", "--feed", "a=ws://h", "--feed", "a=ws://i"], "--feed"),
    (["city", "--speed", "0"], "--speed"),
    (["city", "--speed", "nan"], "--speed"),
    (["city", "--speed", "fast%s"], "--speed"),
    (["city", "--port-base", "65535"], "--port-base"),
    (["city", "--listen-sensors", "x"], "--listen-sensors"),
    (["site"], "check"),
    (["site", "check", "no-such-folder"], "DIR"),
    (["shots"], "DIR"),
    (["doctor", "--instal"], "--instal"),
    (["hub", "--secret", "x"], "--site"),
]


@pytest.mark.parametrize("lang", ["en_US.UTF-8", "ko_KR.UTF-8"])
@pytest.mark.parametrize(("words", "named"), BAD)
def test_a_bad_argument_is_named(
    words: list[str],
    named: str,
    lang: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(ROOT)
    monkeypatch.setenv("LC_ALL", lang)
    with pytest.raises(SystemExit) as refused:
        parse(words)
    assert refused.value.code == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert "error:" in last
    assert named in last


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["console"],
        ["hub"],
        ["city"],
        ["site"],
        ["site", "check"],
        ["shots"],
        ["bench"],
        ["test"],
        ["doctor"],
    ],
)
def test_help_is_everywhere(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        parse([*words, "--help"])
    assert ended.value.code == 0
    assert "usage: main.py" in capsys.readouterr().out


def _main(*words: str, **environ: str) -> subprocess.CompletedProcess[str]:
    base = {"PATH": "/usr/bin:/bin", "HOME": "/nonexistent", "LANG": "C.UTF-8"}
    return subprocess.run(
        [sys.executable, str(ROOT / "main.py"), *words],
        capture_output=True,
        text=True,
        env=base | environ,
        timeout=30,
        check=False,
    )


def test_without_a_display_the_console_says_so_in_one_sentence() -> None:
    done = _main("console")
    assert done.returncode == 3
    assert done.stderr.count("\n") == 1
    assert "no display" in done.stderr


def test_a_display_that_does_not_answer_is_named_in_korean_too() -> None:
    done = _main(DISPLAY=":4711", LC_ALL="ko_KR.UTF-8")
    assert done.returncode == 3
    assert "DISPLAY=:4711" in done.stderr
    assert "화면이 없어" in done.stderr


def test_a_bad_argument_ends_the_program_with_2() -> None:
    done = _main("hub", "--listen", "x")
    assert done.returncode == 2
    assert "--listen" in done.stderr or "--site" in done.stderr
