"""Why a hub does not start or cannot store: a key of the words `hub.fail.<key>` with its fields.

HubFailure
├── DataInUse      another hub has the data directory
├── DataUnusable   the data directory cannot be made or written
├── StoreDamaged   a database cannot be read
├── ListenRefused  the address asked for is not allowed yet
├── PortInUse      the address is taken
└── UnknownFeed    an endpoint was given for a feed the profile does not have
"""

from __future__ import annotations

from collections.abc import Mapping

from console.core.errors import GwanjeError


class HubFailure(GwanjeError):
    """Root: `key` of the words, `fields` for them, `exit_code` of the process."""

    key = "failed"
    exit_code = 1

    def __init__(self, **fields: str) -> None:
        self.fields: Mapping[str, str] = fields
        super().__init__(f"{self.key} {dict(fields)}")


class DataInUse(HubFailure):
    """Fields: `folder`, `pid`."""

    key = "data_in_use"


class DataUnusable(HubFailure):
    """Fields: `folder`, `detail`."""

    key = "data_unusable"


class StoreDamaged(HubFailure):
    """Fields: `file`, `detail`."""

    key = "store_damaged"


class ListenRefused(HubFailure):
    """Fields: `address`."""

    key = "listen_refused"
    exit_code = 2


class PortInUse(HubFailure):
    """Fields: `address`, `detail`."""

    key = "port_in_use"
    exit_code = 4


class UnknownFeed(HubFailure):
    """Fields: `feed`."""

    key = "unknown_feed"
    exit_code = 2
