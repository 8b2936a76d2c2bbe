"""The command line of seats and their certificates."""

from __future__ import annotations

from pathlib import Path

import pytest

from console.setup import arguments as facts
from console.setup.parser import parse


def test_seats_are_enrolled_revoked_listed_and_their_authority_changed(tmp_path: Path) -> None:
    new, out = tmp_path / "new", tmp_path / "desk.gwseat"
    words = ["hub", "enrol", "--data", str(new), "--seat", "desk 1", "--out", str(out)]
    assert parse(words) == facts.SeatEnrolOptions(new, "desk 1", out)
    more = ["--host", "hub.example", "--host", "192.0.2.7", "--port", "9000"]
    assert parse([*words, *more]) == facts.SeatEnrolOptions(
        new, "desk 1", out, ("hub.example", "192.0.2.7"), 9000
    )
    data = ["--data", str(tmp_path)]
    assert parse(["hub", "revoke", *data, "--seat", "a"]) == facts.SeatRevokeOptions(tmp_path, "a")
    assert parse(["hub", "seats", *data]) == facts.SeatListOptions(tmp_path)
    assert parse(["hub", "rotate", *data]) == facts.SeatRotateOptions(tmp_path)
    assert parse(["hub", "rotate", *data, "--drop-older"]) == facts.SeatRotateOptions(tmp_path, True)


def test_a_console_is_enrolled_by_a_file_and_a_hub_speaks_tls_when_asked(tmp_path: Path) -> None:
    file = tmp_path / "desk.gwseat"
    file.write_bytes(b"x")
    assert parse(["--enrol", str(file)]) == facts.ConsoleOptions(enrol=file)
    options = parse(["hub", "--site", str(tmp_path), "--data", str(tmp_path), "--tls"])
    assert isinstance(options, facts.HubOptions)
    assert options.tls


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (["hub", "enrol", "--seat", "a", "--out", "x"], "--data"),
        (["hub", "enrol", "--data", ".", "--seat", "a", "--out", "x", "--port", "0"], "--port"),
        (["hub", "enrol", "--data", ".", "--seat", "a", "--out", "/no/such/folder/x"], "--out"),
        (["hub", "revoke", "--data", "."], "--seat"),
        (["hub", "seats", "--data", "/no/such/folder"], "--data"),
        (["--enrol", "/no/such/file"], "--enrol"),
        (["--passphrase", "x"], "--passphrase"),
    ],
)
def test_a_bad_argument_is_named(words: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    """SEC-33: among them a passphrase, which has no place in an argument."""
    with pytest.raises(SystemExit) as ended:
        parse(words)
    assert ended.value.code == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize("name", ["../x", "", " desk", ".hidden", "a/b", "a\nb", "x" * 61])
def test_a_seat_has_a_name_that_a_certificate_can_carry(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        parse(["hub", "enrol", "--data", "d", f"--seat={name}", "--out", "x.gwseat"])
    assert ended.value.code == 2
    assert "a name begins with a letter or figure" in capsys.readouterr().err
