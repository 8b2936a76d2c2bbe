"""`main.py console --enrol FILE` on the terminal, before any window."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from console.app.family import enrolled, remote
from console.app.places import Places, places_of
from console.hub.pki.store import Pki
from console.setup.arguments import HUB_SECRET_ENV
from console.wire.enrolment import fingerprint, passphrase_of, seal

PASSPHRASE = passphrase_of(b"\x07" * 24)


class Vault(KeyringBackend):
    """A keyring as a desktop has it."""

    priority = 5.0  # type: ignore[assignment]

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def places(tmp_path: Path) -> Places:
    return places_of(tmp_path / "data")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    enrolment = Pki(tmp_path / "pki").enrol("desk-1", ("hub.example",), 8700)
    path = tmp_path / "desk.gwseat"
    path.write_bytes(seal(enrolment, PASSPHRASE, b"s" * 16, b"n" * 12))
    return path


def _typed(monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(words + "\n"))
    monkeypatch.setenv("LANG", "en_US.UTF-8")


def test_an_enrolled_computer_finds_its_hub_again_without_the_file(
    places: Places, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-21, SEC-33: the fingerprint is shown; the papers are in the keyring; a launch secret is not sent there."""
    vault = Vault()
    monkeypatch.setattr(keyring, "get_keyring", lambda: vault)
    monkeypatch.setenv(HUB_SECRET_ENV, "canary")
    _typed(monkeypatch, PASSPHRASE)
    family = enrolled(file, "", places)
    assert family is not None
    assert (family.url, family.secret) == ("wss://hub.example:8700/ws", "")
    told = capsys.readouterr().out
    assert "seat desk-1" in told
    assert "Delete the file" in told
    pki = Pki(file.parent / "pki")
    assert all(fingerprint(pem) in told for pem in pki.trusted())
    again = remote("wss://hub.example:8700", places)
    assert again.papers is not None
    assert again.papers.context() is not None


@pytest.mark.expects_log("link")
def test_without_a_safe_keyring_the_person_is_told_that_it_will_not_last(
    places: Places, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """SEC-33: memory only, and said."""
    _typed(monkeypatch, PASSPHRASE.upper())
    family = enrolled(file, "wss://other.example", places)
    assert family is not None
    assert family.url == "wss://other.example/ws"
    assert family.papers is not None
    assert family.papers.context() is not None
    assert "for this run only" in capsys.readouterr().out
    later = remote("wss://hub.example:8700", places)
    assert later.papers is not None
    assert later.papers.context() is None


@pytest.mark.parametrize(("typed", "said"), [("", "passphrase"), ("0000-1111", "passphrase")])
def test_a_wrong_passphrase_is_said_and_nothing_is_kept(
    places: Places, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], typed: str,
    said: str,
) -> None:  # fmt: skip
    _typed(monkeypatch, typed)
    assert enrolled(file, "", places) is None
    assert said in capsys.readouterr().err
    assert not (places.console / "seat.json").exists()


def test_what_is_no_enrolment_is_said(
    places: Places, file: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_bytes(b"PK\x03\x04 something else entirely")
    _typed(monkeypatch, PASSPHRASE)
    assert enrolled(file, "", places) is None
    assert "is no enrolment" in capsys.readouterr().err
    file.unlink()
    assert enrolled(file, "", places) is None
