"""The accounts of a hub: durable through the backbone, with a record for every change."""

from __future__ import annotations

import asyncio
import logging

from console.core.identity.accounts import Account, folded
from console.core.journal import Record
from console.hub.backbone.base import Backbone, Entry, Part
from console.hub.people.records import ACCOUNT, account_of, changed, kept
from console.hub.recorder import Recorder

log = logging.getLogger("app")

RECORD_S = 3.0
"""How long a change of an account waits for its record."""


class Book:
    """Accounts by name. The only writer of the part PEOPLE."""

    def __init__(self, backbone: Backbone) -> None:
        self._backbone = backbone
        self._recorder = Recorder(backbone, Part.PEOPLE)
        self._accounts: dict[str, Account] = {}

    async def restore(self) -> None:
        """Read what was kept."""
        _, states = await self._backbone.state(Part.PEOPLE)
        accounts = [account_of(body) for key, body in states.items() if key.startswith(ACCOUNT)]
        self._accounts = {account.user: account for account in accounts if not account.removed}

    async def run(self) -> None:
        """Write until cancelled."""
        await self._recorder.run()

    async def settled(self) -> None:
        """Wait until all that has happened is durable."""
        await self._recorder.settled()

    @property
    def accounts(self) -> dict[str, Account]:
        """Accounts by name, not to be changed."""
        return self._accounts

    def find(self, user: str) -> Account | None:
        """The account of this name, however it is spelled."""
        return self._accounts.get(folded(user))

    def note(self, record: Record) -> None:
        """Keep a record about people that changes no account."""
        self._recorder.put([("people", Entry(record))])

    def mark(self, account: Account, record: Record) -> None:
        """Keep an account whose rights are the same, such as when it was used last."""
        self._accounts[account.user] = account
        self._recorder.put([kept(account, record)])

    async def change(self, after: Account, record: Record) -> bool:
        """Keep an account as it is now; whether the record is durable already (the hub keeps trying)."""
        before = self._accounts.get(after.user)
        if after.removed:
            self._accounts.pop(after.user, None)
        else:
            self._accounts[after.user] = after
        try:
            async with asyncio.timeout(RECORD_S):
                await self._recorder.put([changed(record, before, after)])
        except TimeoutError:
            log.warning("a change of an account is in effect, but not durable yet")
            return False
        return True
