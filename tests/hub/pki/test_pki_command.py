"""`main.py hub enrol`, `revoke`, `seats`, `rotate`: what a person at the hub reads and gets."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from console.hub.failure import ListenRefused
from console.hub.pki.command import main
from console.hub.pki.store import Pki
from console.hub.service import _certificates  # pyright: ignore[reportPrivateUsage]
from console.setup.arguments import (
    HubOptions,
    SeatEnrolOptions,
    SeatListOptions,
    SeatRevokeOptions,
    SeatRotateOptions,
)
from console.wire.enrolment import fingerprint, unseal

HOSTS = ("hub.example", "192.0.2.7")


@pytest.fixture(autouse=True, params=["ko_KR.UTF-8", "en_US.UTF-8"])
def _language(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:  # pyright: ignore[reportUnusedFunction]
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", request.param)


def _enrol(folder: Path, seat: str = "desk-1", file: str = "desk.gwseat") -> SeatEnrolOptions:
    return SeatEnrolOptions(folder / "data", seat, folder / file, HOSTS, 9000)


def test_an_enrolment_is_written_for_its_owner_and_opened_by_what_the_terminal_shows(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-02, SEC-21: passphrase once, fingerprint in groups of four, backup fingerprint."""
    assert main(_enrol(tmp_path)) == 0
    told = capsys.readouterr().out
    (passphrase,) = re.findall(r"(?:[0-9a-hjkmnp-tv-z]{4}-){5}[0-9a-hjkmnp-tv-z]{4}", told)
    file = tmp_path / "desk.gwseat"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made = unseal(file.read_bytes(), passphrase)
    assert (made.seat, made.hub) == ("desk-1", "wss://hub.example:9000/ws")
    assert [fingerprint(pem) in told for pem in made.authorities] == [True, True]
    assert passphrase.encode() not in b"".join(
        path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()
    )


def test_what_exists_is_not_overwritten_and_no_seat_is_made_of_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "desk.gwseat").write_text("something else")
    assert main(_enrol(tmp_path)) == 2
    assert "desk.gwseat" in capsys.readouterr().err
    assert not Pki(tmp_path / "data" / "hub" / "pki").exists
    assert (tmp_path / "desk.gwseat").read_text() == "something else"


def test_a_file_that_cannot_be_written_leaves_no_seat(tmp_path: Path) -> None:
    assert main(SeatEnrolOptions(tmp_path / "data", "desk-1", tmp_path / "no" / "folder", HOSTS)) == 1
    assert all(row.revoked for row in Pki(tmp_path / "data" / "hub" / "pki").register().seats)


def test_seats_are_listed_revoked_and_the_authority_changed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    assert main(_enrol(tmp_path)) == 0
    assert main(_enrol(tmp_path, "desk-2", "2.gwseat")) == 0
    assert main(SeatRevokeOptions(data, "desk-1")) == 0
    capsys.readouterr()
    assert main(SeatListOptions(data)) == 0
    before = capsys.readouterr().out
    assert before.count("desk-") == 2
    assert main(SeatRotateOptions(data)) == 0
    backup = fingerprint(Pki(data / "hub" / "pki").trusted()[0])
    assert backup in capsys.readouterr().out
    assert backup in before
    assert main(SeatRotateOptions(data, drop_older=True)) == 0
    assert all(row.revoked for row in Pki(data / "hub" / "pki").register().seats)


def test_every_refusal_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / "data"
    assert main(SeatListOptions(data)) == 1
    assert main(SeatEnrolOptions(data, "a\nb", tmp_path / "x")) == 2
    assert main(SeatEnrolOptions(data, "desk", tmp_path / "y", ("부산",))) == 2
    assert main(_enrol(tmp_path)) == 0
    assert main(_enrol(tmp_path, file="again.gwseat")) == 1
    assert main(SeatRevokeOptions(data, "nobody")) == 1
    assert capsys.readouterr().err.count("\n") == 5


def test_a_hub_listens_beyond_its_computer_only_with_certificates(tmp_path: Path) -> None:
    """SEC-20: never a port that is open to others without TLS."""
    options = HubOptions(site=tmp_path, data=tmp_path / "data", listen_host="0.0.0.0", listen_port=9000)
    with pytest.raises(ListenRefused):
        _certificates(options)
    assert _certificates(HubOptions(site=tmp_path, data=tmp_path / "data")) is None
    with pytest.raises(ListenRefused):
        _certificates(HubOptions(site=tmp_path, data=tmp_path / "data", tls=True))
    assert main(_enrol(tmp_path)) == 0
    assert _certificates(options) is not None
    assert _certificates(HubOptions(site=tmp_path, data=tmp_path / "data", tls=True)) is not None
    assert _certificates(HubOptions(site=tmp_path, data=tmp_path / "data")) is None


def test_a_file_that_cannot_be_written_is_named_in_words_and_no_seat_stays(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_enrol(tmp_path, file="nowhere/desk.gwseat")) == 1
    told = capsys.readouterr().err
    assert "desk.gwseat" in told
    assert "Errno" not in told
    assert main(_enrol(tmp_path)) == 0
