"""The ledger's key: kept, lost, locked away, changed; and what a verifier says of each."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from keyring.errors import KeyringLocked
from ledger_room import fill, findings, with_journal

from console.core.ledger.faults import LedgerFault
from console.core.ledger.heads import fingerprint
from console.hub.journal import Journal
from console.hub.ledger.keys import KEY_FILE, PUBLIC_FILE, KeyStore, read_public, safe_keyring
from console.hub.ledger.opening import KeyNews, rotate, take_key


def test_a_restore_without_the_key_is_said_and_seen(tmp_path: Path) -> None:
    """SEC-39: the key was in a keyring of the lost machine; the break has a place, and both keys verify the rest."""
    with_journal(tmp_path, fill)
    first = read_public(tmp_path / PUBLIC_FILE)
    (tmp_path / KEY_FILE).unlink()
    assert with_journal(tmp_path, lambda journal: fill(journal, 5)) is KeyNews.LOST
    second = read_public(tmp_path / PUBLIC_FILE)
    assert first is not None
    assert second is not None
    assert (LedgerFault.KEY_CHANGED, 31) in findings(tmp_path)
    assert findings(tmp_path, (first, second)) == []
    assert (tmp_path / f"ledger-{fingerprint(first).hex()[:12]}.pub").is_file()


def test_a_changed_key_is_handed_over_and_the_old_public_key_stays(tmp_path: Path) -> None:
    """SEC-16: rotation."""
    with_journal(tmp_path, fill)
    first = read_public(tmp_path / PUBLIC_FILE)
    assert first is not None
    rotated = rotate(tmp_path / "journal.db", KeyStore(tmp_path))
    assert read_public(tmp_path / PUBLIC_FILE) == rotated.public
    assert with_journal(tmp_path, lambda journal: fill(journal, 20)) is KeyNews.KNOWN
    assert findings(tmp_path) == []
    assert findings(tmp_path, (first,)) == []
    assert findings(tmp_path, (rotated.public,)) == []
    strange = bytes(31) + b"\x01"
    assert {fault for fault, _ in findings(tmp_path, (strange,))} == {LedgerFault.WRONG_KEY}


class _Ring:
    """A keyring in memory, as an operating system would have one."""

    priority = 5

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, name: str) -> str | None:
        return self.kept.get((service, name))

    def set_password(self, service: str, name: str, secret: str) -> None:
        self.kept[service, name] = secret


def test_the_key_is_in_the_keyring_where_there_is_one_and_else_in_a_file_of_its_owner(tmp_path: Path) -> None:
    """SEC-33, SEC-37: decision 0100."""
    ring = _Ring()
    Journal(tmp_path / "journal.db").close()
    signer, _ = take_key(tmp_path / "journal.db", KeyStore(tmp_path, lambda: ring))
    assert signer is not None
    assert signer.kept == "keyring"
    assert not (tmp_path / KEY_FILE).exists()
    again, news = take_key(tmp_path / "journal.db", KeyStore(tmp_path, lambda: ring))
    assert again is not None
    assert (again.public, news) == (signer.public, KeyNews.KNOWN)
    assert safe_keyring() is None, "the null backend of the tests is refused"
    lost, news = take_key(tmp_path / "journal.db", KeyStore(tmp_path))
    assert news is KeyNews.LOST
    assert lost is not None
    assert lost.kept == "file"
    for name in (KEY_FILE, PUBLIC_FILE):
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
    assert lost.secret().hex() not in (tmp_path / PUBLIC_FILE).read_text()


@pytest.mark.expects_log("app")
def test_a_keyring_that_waits_for_a_person_does_not_keep_the_hub_from_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEC-33: no answer within the limit: no new key where there is one, a file where there is none."""
    gone = threading.Event()

    class Asks(_Ring):
        def get_password(self, service: str, name: str) -> str | None:
            gone.wait(20)
            return super().get_password(service, name)

        def set_password(self, service: str, name: str, secret: str) -> None:
            gone.wait(20)

    monkeypatch.setattr("console.hub.ledger.keys.KEYRING_S", 0.05)
    try:
        path = tmp_path / "journal.db"
        Journal(path).close()
        first, _ = take_key(path, KeyStore(tmp_path, Asks))
        assert first is not None
        assert first.kept == "file"
        (tmp_path / KEY_FILE).unlink()
        assert take_key(path, KeyStore(tmp_path, Asks)) == (None, KeyNews.LOCKED)
    finally:
        gone.set()


@pytest.mark.expects_log("app")
def test_a_locked_keyring_makes_no_new_key(tmp_path: Path) -> None:
    """SEC-33: nothing is signed until it is open again, and the chain goes on unbroken."""

    class Locked(_Ring):
        def get_password(self, service: str, name: str) -> str | None:
            raise KeyringLocked

    open_ring, locked = _Ring(), Locked()
    path = tmp_path / "journal.db"
    Journal(path).close()
    signer, _ = take_key(path, KeyStore(tmp_path, lambda: open_ring))
    assert take_key(path, KeyStore(tmp_path, lambda: locked)) == (None, KeyNews.LOCKED)
    again, news = take_key(path, KeyStore(tmp_path, lambda: open_ring))
    assert signer is not None
    assert again is not None
    assert (again.public, news) == (signer.public, KeyNews.KNOWN)
