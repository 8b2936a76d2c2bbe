"""Why something with certificates was not done: keys of the words `enrol.fail.<key>`.

PkiFailure
├── NotEnrolled     no seat was ever enrolled here
├── SeatNameBad     a name that cannot be one
├── SeatExists      a seat of this name has a certificate that counts
├── NoSuchSeat      no certificate of this seat counts
├── HostBad         no name or address of a computer
├── AuthorityAway   the key of an authority is not here
├── SeatsBehind    seats that have not followed the last change of authority yet
├── FileThere       the file to be written exists
└── PkiBusy         another process is changing certificates
"""

from __future__ import annotations

from console.hub.failure import HubFailure


class PkiFailure(HubFailure):
    """Root."""


class NotEnrolled(PkiFailure):
    """Fields: `folder`."""

    key = "not_enrolled"


class SeatNameBad(PkiFailure):
    """Fields: `seat`."""

    key = "seat_name"
    exit_code = 2


class SeatExists(PkiFailure):
    """Fields: `seat`."""

    key = "seat_exists"


class NoSuchSeat(PkiFailure):
    """Fields: `seat`."""

    key = "no_such_seat"


class HostBad(PkiFailure):
    """Fields: `host`."""

    key = "host"
    exit_code = 2


class AuthorityAway(PkiFailure):
    """Fields: `file`."""

    key = "authority_away"


class SeatsBehind(PkiFailure):
    """Fields: `seats`."""

    key = "seats_behind"


class FileThere(PkiFailure):
    """Fields: `file`."""

    key = "file_there"
    exit_code = 2


class Unusable(PkiFailure):
    """A file or folder cannot be read or written. Fields: `file`, `detail`."""

    key = "unusable"


class PkiBusy(PkiFailure):
    """No fields."""

    key = "busy"
