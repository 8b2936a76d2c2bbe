"""The folder `pki` of a hub's data: authorities, the hub's certificate, seats, revocations.

    register.json                   what there is
    authority-<n>.pem / .key        an authority; the backup's key belongs in a safe, off this computer
    server.pem / server.key         the hub's certificate
    revoked.pem                     revoked certificates, one list for each authority that seats may come from

Every change is made under a lock and leaves each file whole, so a running hub may read at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
from cryptography import x509

from console.core.plaintext import first_forbidden
from console.hub.pki.authority import (
    CRL_LIFE,
    LEAF_LIFE,
    Pair,
    issue_seat,
    issue_server,
    load_key,
    make_authority,
    new_key,
    pem_of,
    sign_revocations,
)
from console.hub.pki.failure import (
    AuthorityAway,
    HostBad,
    NoSuchSeat,
    NotEnrolled,
    SeatExists,
    SeatNameBad,
    SeatsBehind,
)
from console.hub.pki.register import (
    Register,
    SeatRow,
    exclusive,
    read_register,
    write_register,
    write_whole,
)
from console.wire.enrolment import Enrolment

LONGEST_SEAT = 64
RENEW_BEFORE = timedelta(days=60)


class Pki:
    """Certificates of one site in `folder`; `now` gives UTC."""

    def __init__(self, folder: Path, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.folder = folder
        self._now = now

    @property
    def exists(self) -> bool:
        """Whether a seat was ever enrolled, so that the hub has a certificate."""
        return (self.folder / "server.pem").exists() and (self.folder / "register.json").exists()

    def register(self) -> Register:
        """What there is. Raises NotEnrolled."""
        found = read_register(self.folder)
        if found is None:
            raise NotEnrolled(folder=str(self.folder))
        return found

    def enrol(self, seat: str, hosts: Sequence[str], port: int) -> Enrolment:
        """A new seat; makes the authorities at the first use. Raises SeatNameBad, SeatExists, HostBad, AuthorityAway.

        `hosts` are names under which consoles reach the hub, the first one goes into the enrolment; empty: as before.
        """
        if not seat.strip() or len(seat) > LONGEST_SEAT or first_forbidden(seat):
            raise SeatNameBad(seat=ascii(seat))
        with exclusive(self.folder):
            register = read_register(self.folder) or self._begin()
            if any(
                row.seat == seat and not row.revoked and row.expires > self._at() for row in register.seats
            ):
                raise SeatExists(seat=seat)
            register = self._reached_at(register, hosts, port)
            authority = self._authority(register.active)
            key = new_key()
            certificate = issue_seat(authority, seat, key.public_key(), self._now())
            self._keep(_with_seat(register, seat, certificate, self._at()))
            return Enrolment(
                seat=seat,
                hub=_url(register.hosts[0], register.port),
                key=Pair(key, certificate).key_pem,
                certificate=pem_of(certificate),
                authorities=self._trusted(register),
            )

    def revoke(self, seat: str) -> int:
        """Revoke every certificate of a seat; how many there were. Raises NoSuchSeat, AuthorityAway."""
        with exclusive(self.folder):
            register = self.register()
            found = [row for row in register.seats if row.seat == seat and not row.revoked]
            if not found:
                raise NoSuchSeat(seat=seat)
            rows = tuple(
                msgspec.structs.replace(row, revoked=self._at()) if row in found else row
                for row in register.seats
            )
            self._keep(msgspec.structs.replace(register, seats=rows))
            return len(found)

    def rotate(self, *, drop_older: bool) -> Register:
        """The backup takes over, and there is a new backup. Seats of the old authority are still let in, and get
        new certificates as they come, unless `drop_older`. Raises AuthorityAway if the backup's key is in its safe,
        SeatsBehind if a seat would know neither of the two authorities afterwards.
        """
        with exclusive(self.folder):
            register = self.register()
            behind = () if drop_older else _behind(register, self._at())
            if behind:
                raise SeatsBehind(seats=", ".join(behind))
            promoted = self._authority(register.backup)
            number = max(register.active, register.backup, *register.older, 0) + 1
            self._make_authority(number)
            older = () if drop_older else (*register.older, register.active)
            register = msgspec.structs.replace(
                register,
                active=register.backup,
                backup=number,
                older=older,
                seats=tuple(_dropped(row, self._at()) if drop_older else row for row in register.seats),
            )
            self._issue_server(promoted, register.hosts)
            self._keep(register)
            return register

    def renew(self) -> bool:
        """Sign the list of revocations again at half its life, and renew the hub's certificate in time; whether
        anything changed. Does nothing where the authority's key is kept elsewhere.
        """
        register = self.register()
        if not (self._list_is_old() or self._server_is_old()) or not self._key_path(register.active).exists():
            return False
        with exclusive(self.folder):
            register = self.register()
            if self._server_is_old():
                self._issue_server(self._authority(register.active), register.hosts)
            self._keep(register)
        return True

    def reissue(self, presented: x509.Certificate, seat: str) -> str:
        """A new certificate for the key a seat has, when its own comes from an older authority or ends soon; else
        empty. The caller has verified what was presented.
        """
        register = self.register()
        serial = f"{presented.serial_number:x}"
        row = next((row for row in register.seats if row.serial == serial and not row.revoked), None)
        due = row is not None and (row.authority != register.active or self.ends_soon(presented))
        if not due or not self._key_path(register.active).exists():
            return ""
        public = presented.public_key()
        with exclusive(self.folder):
            register = self.register()
            if all(row.serial != serial or row.revoked for row in register.seats):
                return ""
            certificate = issue_seat(self._authority(register.active), seat, public, self._now())  # type: ignore[arg-type]
            self._keep(_with_seat(register, seat, certificate, self._at()))
            return pem_of(certificate)

    def trusted(self) -> tuple[str, ...]:
        """Authorities a console may trust: the one in use and the backup."""
        return self._trusted(self.register())

    def let_in(self) -> str:
        """Authorities whose seats the hub lets in, as one text."""
        register = self.register()
        return "".join(self._authority_pem(number) for number in (register.active, *register.older))

    def ends_soon(self, certificate: x509.Certificate) -> bool:
        """Whether a certificate should be renewed."""
        return certificate.not_valid_after_utc - self._now() < RENEW_BEFORE

    def path(self, name: str) -> Path:
        """A file of the folder."""
        return self.folder / name

    def _begin(self) -> Register:
        self._make_authority(1)
        self._make_authority(2)
        return Register(active=1, backup=2)

    def _make_authority(self, number: int) -> None:
        made = make_authority(f"Gwanje site authority {number}", self._now())
        write_whole(self._key_path(number), made.key_pem.encode())
        write_whole(self.folder / f"authority-{number}.pem", made.pem.encode())

    def _authority(self, number: int) -> Pair:
        try:
            key = load_key(self._key_path(number).read_bytes())
        except FileNotFoundError as error:
            raise AuthorityAway(file=str(self._key_path(number))) from error
        return Pair(key, x509.load_pem_x509_certificate(self._authority_pem(number).encode()))

    def _authority_pem(self, number: int) -> str:
        return (self.folder / f"authority-{number}.pem").read_text("ascii")

    def _key_path(self, number: int) -> Path:
        return self.folder / f"authority-{number}.key"

    def _trusted(self, register: Register) -> tuple[str, ...]:
        return (self._authority_pem(register.active), self._authority_pem(register.backup))

    def _reached_at(self, register: Register, hosts: Sequence[str], port: int) -> Register:
        every = tuple(dict.fromkeys((*hosts, *register.hosts)))
        wanted = msgspec.structs.replace(register, hosts=every, port=port or register.port)
        if every != register.hosts or not self.path("server.pem").exists():
            self._issue_server(self._authority(register.active), every)
        return wanted

    def _issue_server(self, authority: Pair, hosts: Sequence[str]) -> None:
        try:
            made = issue_server(authority, new_key(), hosts, self._now())
        except ValueError as error:
            raise HostBad(host=", ".join(hosts)) from error
        # One file for both: a reader never finds the key of one and the certificate of another.
        write_whole(self.path("server.pem"), (made.key_pem + made.pem).encode())

    def _keep(self, register: Register) -> None:
        number = register.revocations + 1
        lists: list[str] = []
        for authority in (register.active, *register.older):
            revoked = [
                int(row.serial, 16) for row in register.seats if row.revoked and row.authority == authority
            ]
            lists.append(sign_revocations(self._authority(authority), revoked, number, self._now()))
        write_register(self.folder, msgspec.structs.replace(register, revocations=number))
        write_whole(self.path("revoked.pem"), "".join(lists).encode())

    def _list_is_old(self) -> bool:
        try:
            text = self.path("revoked.pem").read_bytes()
        except FileNotFoundError:
            return True
        ends = x509.load_pem_x509_crl(text).next_update_utc
        return ends is None or ends - self._now() < CRL_LIFE / 2

    def _server_is_old(self) -> bool:
        return self.ends_soon(x509.load_pem_x509_certificate(self.path("server.pem").read_bytes()))

    def _at(self) -> int:
        return int(self._now().timestamp())


def _with_seat(register: Register, seat: str, certificate: x509.Certificate, at: int) -> Register:
    ends = int(certificate.not_valid_after_utc.timestamp())
    # Certificates that ended a life ago need no place in any list.
    kept = [row for row in register.seats if row.expires > at - LEAF_LIFE.total_seconds()]
    row = SeatRow(
        seat=seat,
        serial=f"{certificate.serial_number:x}",
        authority=register.active,
        issued=at,
        expires=ends,
    )
    return msgspec.structs.replace(register, seats=(*kept, row))


def _behind(register: Register, at: int) -> tuple[str, ...]:
    """Seats that have no certificate of the authority in use: they have not been here since the last change."""
    valid = [row for row in register.seats if not row.revoked and row.expires > at]
    followed = {row.seat for row in valid if row.authority == register.active}
    return tuple(sorted({row.seat for row in valid} - followed))


def _dropped(row: SeatRow, at: int) -> SeatRow:
    return msgspec.structs.replace(row, revoked=row.revoked or at)


def _url(host: str, port: int) -> str:
    return f"wss://{f'[{host}]' if ':' in host else host}:{port}/ws"
