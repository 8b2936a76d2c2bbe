"""The folder of certificates: who gets one, who keeps it, and what a thief or a power cut finds."""

from __future__ import annotations

import os
import stat
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from console.hub.pki.authority import seat_of
from console.hub.pki.failure import (
    AuthorityAway,
    HostBad,
    NoSuchSeat,
    NotEnrolled,
    SeatExists,
    SeatNameBad,
    SeatsBehind,
)
from console.hub.pki.register import exclusive
from console.hub.pki.store import Pki
from console.wire.enrolment import fingerprint, revocation_lists

HOSTS = ("hub.example", "192.0.2.7", "::1")


@pytest.fixture
def pki(tmp_path: Path) -> Pki:
    return Pki(tmp_path / "hub" / "pki")


def _certificate(pem: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate(pem.encode())


def test_the_first_seat_makes_two_authorities_and_the_hub_s_certificate(pki: Pki) -> None:
    """SEC-02, SEC-21: the backup exists at once, and its fingerprint is in every enrolment."""
    assert not pki.exists
    made = pki.enrol("desk-1", HOSTS, 8700)
    assert pki.exists
    assert len({fingerprint(pem) for pem in made.authorities}) == 2
    assert made.hub == "wss://hub.example:8700/ws"
    authority, backup = (_certificate(pem) for pem in made.authorities)
    for one in (authority, backup):
        one.verify_directly_issued_by(one)
        assert one.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    seat = _certificate(made.certificate)
    seat.verify_directly_issued_by(authority)
    assert seat_of(seat) == "desk-1"
    server = _certificate(pki.path("server.pem").read_text())
    server.verify_directly_issued_by(authority)
    names = server.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["hub.example"]
    assert [str(ip) for ip in names.get_values_for_type(x509.IPAddress)] == ["192.0.2.7", "::1"]
    usage = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usage) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert seat_of(server) == ""
    for one in (authority, backup, seat, server):
        key = one.public_key()
        assert isinstance(key, ec.EllipticCurvePublicKey)
        assert key.curve.name == "secp256r1"


@pytest.mark.skipif(os.name != "posix", reason="Windows has no modes")
def test_every_file_is_for_its_owner_alone(pki: Pki) -> None:
    """SEC-37."""
    pki.enrol("desk-1", HOSTS, 8700)
    pki.revoke("desk-1")
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in pki.folder.iterdir()}
    assert set(modes.values()) == {0o600}
    assert "authority-1.key" in modes
    assert stat.S_IMODE(pki.folder.stat().st_mode) == 0o700


def test_a_seat_has_one_computer_until_it_is_revoked(pki: Pki) -> None:
    first = pki.enrol("desk-1", HOSTS, 8700)
    with pytest.raises(SeatExists):
        pki.enrol("desk-1", (), 0)
    assert pki.revoke("desk-1") == 1
    with pytest.raises(NoSuchSeat):
        pki.revoke("desk-1")
    second = pki.enrol("desk-1", (), 0)
    assert second.key != first.key
    serial = _certificate(first.certificate).serial_number
    (listed,) = revocation_lists(pki.path("revoked.pem").read_text())
    assert [entry.serial_number for entry in listed] == [serial]
    assert listed.is_signature_valid(_certificate(first.authorities[0]).public_key())  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["", "   ", "x" * 65, "desk\n1", "\u202edesk", "a\x00b"])
def test_a_name_that_cannot_be_one_is_refused_before_anything_is_made(pki: Pki, name: str) -> None:
    """SEC-26."""
    with pytest.raises(SeatNameBad):
        pki.enrol(name, HOSTS, 8700)
    assert not pki.folder.exists()


def test_a_host_that_cannot_be_one_is_named(pki: Pki) -> None:
    with pytest.raises(HostBad):
        pki.enrol("desk-1", ("부산.example",), 8700)


def test_nothing_is_revoked_where_nothing_was_enrolled(pki: Pki) -> None:
    with pytest.raises(NotEnrolled):
        pki.revoke("desk-1")


def test_names_of_the_hub_add_up_and_its_certificate_follows(pki: Pki) -> None:
    pki.enrol("desk-1", ("one.example",), 8700)
    before = pki.path("server.pem").read_bytes()
    pki.enrol("desk-2", (), 0)
    assert pki.path("server.pem").read_bytes() == before
    made = pki.enrol("desk-3", ("two.example",), 9000)
    assert made.hub == "wss://two.example:9000/ws"
    assert pki.register().hosts == ("two.example", "one.example")
    assert pki.path("server.pem").read_bytes() != before


def test_without_the_authority_s_key_nothing_is_issued_and_nothing_changes(pki: Pki) -> None:
    """SEC-21: a key that is kept in a safe must be brought for each change."""
    pki.enrol("desk-1", HOSTS, 8700)
    before = pki.register()
    pki.path("authority-1.key").unlink()
    for act in (lambda: pki.enrol("desk-2", (), 0), lambda: pki.revoke("desk-1")):
        with pytest.raises(AuthorityAway):
            act()
    pki.path("authority-2.key").unlink()
    with pytest.raises(AuthorityAway):
        pki.rotate(drop_older=False)
    assert pki.register() == before


def test_a_changed_authority_gives_seats_new_certificates_for_the_keys_they_have(pki: Pki) -> None:
    """SEC-21: rotation without reinstall."""
    first = pki.enrol("desk-1", HOSTS, 8700)
    shown = _certificate(first.certificate)
    assert pki.reissue(shown, "desk-1") == ""
    pki.rotate(drop_older=False)
    renewed = _certificate(pki.reissue(shown, "desk-1"))
    assert renewed.public_key() == shown.public_key()
    renewed.verify_directly_issued_by(_certificate(first.authorities[1]))
    assert pki.reissue(renewed, "desk-1") == ""
    assert pki.revoke("desk-1") == 2
    assert pki.reissue(shown, "desk-1") == ""


def test_the_authority_is_not_changed_again_before_every_seat_has_followed(pki: Pki) -> None:
    """SEC-21: a seat knows two authorities; a third is learned only over one of them."""
    shown = _certificate(pki.enrol("desk-1", HOSTS, 8700).certificate)
    pki.enrol("desk-2", (), 0)
    pki.rotate(drop_older=False)
    pki.reissue(shown, "desk-1")
    with pytest.raises(SeatsBehind) as refused:
        pki.rotate(drop_older=False)
    assert refused.value.fields == {"seats": "desk-2"}
    pki.revoke("desk-2")
    assert pki.rotate(drop_older=False).active == 3


def test_a_certificate_that_ends_soon_is_renewed(tmp_path: Path) -> None:
    clock = [datetime.now(UTC)]
    pki = Pki(tmp_path, lambda: clock[0])
    shown = _certificate(pki.enrol("desk-1", HOSTS, 8700).certificate)
    clock[0] += timedelta(days=350)
    assert _certificate(pki.reissue(shown, "desk-1")).not_valid_after_utc > shown.not_valid_after_utc


def test_two_processes_do_not_change_certificates_at_once(pki: Pki) -> None:
    """What one has written is not lost by the other."""
    pki.enrol("first", HOSTS, 8700)
    threads = [threading.Thread(target=pki.enrol, args=(f"desk-{n}", (), 0)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(row.seat for row in pki.register().seats) == ["desk-0", "desk-1", "desk-2", "desk-3", "desk-4",
                                                                "desk-5", "first"]  # fmt: skip


def test_a_change_that_takes_too_long_elsewhere_is_not_waited_for(
    pki: Pki, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.hub.pki.register.LOCK_S", 0.05)
    pki.enrol("first", HOSTS, 8700)
    with exclusive(pki.folder), pytest.raises(TimeoutError):
        pki.revoke("first")
