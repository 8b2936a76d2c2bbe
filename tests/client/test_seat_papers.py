"""The papers of a seat: kept in the keyring or not at all, renewed only along the chain of the site."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import keyring
import msgspec
import pytest
from keyring.backend import KeyringBackend

from console.client.credentials import Credentials, StoreState
from console.client.seat_papers import FILE, SeatPapers
from console.hub.pki.authority import issue_seat, make_authority, new_key, pem_of, sign_revocations
from console.wire.enrolment import Enrolment, fingerprint, revocation_lists
from console.wire.messages import SiteTrust

AT = datetime.now(UTC)
SITE, BACKUP, NEXT, STRANGER = (make_authority(f"Gwanje site authority {n}", AT) for n in range(1, 5))
KEY = new_key()
CERTIFICATE = pem_of(issue_seat(SITE, "desk-1", KEY.public_key(), AT))


def _key_pem() -> str:
    from console.hub.pki.authority import Pair

    return Pair(KEY, SITE.certificate).key_pem


ENROLMENT = Enrolment(
    seat="desk-1",
    hub="wss://hub:8700/ws",
    key=_key_pem(),
    certificate=CERTIFICATE,
    authorities=(SITE.pem, BACKUP.pem),
)


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
def vault(monkeypatch: pytest.MonkeyPatch) -> Vault:
    backend = Vault()
    monkeypatch.setattr(keyring, "get_keyring", lambda: backend)
    return backend


def _trust(**changes: object) -> SiteTrust:
    trust = SiteTrust(authorities=ENROLMENT.authorities, revoked=sign_revocations(SITE, [], 2, AT))
    return msgspec.structs.replace(trust, **changes)


def test_an_enrolment_is_there_again_at_the_next_start(tmp_path: Path, vault: Vault) -> None:
    """SEC-21, SEC-33: key and certificate in the keyring; in the file nothing that is secret."""
    papers = SeatPapers(tmp_path, Credentials())
    assert papers.papers is None
    assert papers.context() is None
    assert papers.take(ENROLMENT) is StoreState.KEYRING
    again = SeatPapers(tmp_path, Credentials())
    assert again.papers == papers.papers
    assert again.context() is not None
    assert "PRIVATE" not in (tmp_path / FILE).read_text()
    assert sum("PRIVATE KEY" in value for value in vault.kept.values()) == 1
    # The smallest keyring of the supported systems takes 1,280 characters.
    assert max(map(len, vault.kept.values())) < 1280


@pytest.mark.expects_log("link")
def test_without_a_safe_keyring_an_enrolment_holds_for_this_run_only(tmp_path: Path) -> None:
    """SEC-33: nothing is written anywhere."""
    papers = SeatPapers(tmp_path, Credentials())
    assert papers.take(ENROLMENT) is StoreState.MEMORY_ONLY
    assert papers.context() is not None
    assert list(tmp_path.iterdir()) == []
    assert SeatPapers(tmp_path, Credentials()).papers is None


@pytest.mark.expects_log("link")
def test_an_authority_that_was_put_into_the_file_is_not_trusted(tmp_path: Path, vault: Vault) -> None:
    """SEC-21: the fingerprints of the keyring count."""
    SeatPapers(tmp_path, Credentials()).take(ENROLMENT)
    path = tmp_path / FILE
    public = msgspec.json.decode(path.read_bytes())
    public["authorities"][0] = STRANGER.pem
    path.write_bytes(msgspec.json.encode(public))
    assert SeatPapers(tmp_path, Credentials()).papers is None
    path.write_text("{")
    assert SeatPapers(tmp_path, Credentials()).papers is None


@pytest.fixture
def enrolled(tmp_path: Path, vault: Vault) -> SeatPapers:
    papers = SeatPapers(tmp_path, Credentials())
    papers.take(ENROLMENT)
    return papers


def test_the_backup_takes_over_and_a_new_backup_is_learned(
    tmp_path: Path, enrolled: SeatPapers, vault: Vault
) -> None:
    """SEC-21: rotation without reinstall."""
    renewed = pem_of(issue_seat(BACKUP, "desk-1", KEY.public_key(), AT))
    assert enrolled.renew(_trust(authorities=(BACKUP.pem, NEXT.pem), certificate=renewed))
    again = SeatPapers(tmp_path, Credentials()).papers
    assert again is not None
    assert again.certificate == renewed
    assert vault.kept[next(name for name in vault.kept if name.endswith("pins"))].split("\n") == [
        fingerprint(BACKUP.pem),
        fingerprint(NEXT.pem),
    ]
    assert not enrolled.renew(_trust(authorities=(BACKUP.pem, NEXT.pem), certificate=renewed))


@pytest.mark.expects_log("link")
@pytest.mark.parametrize(
    "changes",
    [
        {"authorities": (STRANGER.pem, NEXT.pem)},
        {"authorities": ()},
        {"authorities": ("-----BEGIN CERTIFICATE-----\nrubbish\n-----END CERTIFICATE-----\n",)},
        {"certificate": pem_of(issue_seat(SITE, "desk-1", new_key().public_key(), AT))},
        {"certificate": pem_of(issue_seat(STRANGER, "desk-1", KEY.public_key(), AT))},
        {"certificate": "rubbish"},
        {"revoked": "rubbish -----END X509 CRL-----"},
    ],
)
def test_what_breaks_the_chain_is_not_taken(enrolled: SeatPapers, changes: dict[str, object]) -> None:
    """SEC-21."""
    before = enrolled.papers
    assert not enrolled.renew(_trust(**changes))
    assert enrolled.papers == before


def test_a_list_of_revocations_is_never_replaced_by_an_older_or_a_stranger_s(enrolled: SeatPapers) -> None:
    """SEC-22."""
    assert enrolled.renew(_trust(revoked=sign_revocations(SITE, [7], 5, AT)))
    assert not enrolled.renew(_trust(revoked=sign_revocations(SITE, [], 4, AT)))
    assert not enrolled.renew(_trust(revoked=sign_revocations(STRANGER, [8], 9, AT)))
    assert enrolled.papers is not None
    (listed,) = revocation_lists(enrolled.papers.revoked)
    assert [entry.serial_number for entry in listed] == [7]
