"""A journal with the key of its folder, ways to do it harm, and what a verifier says then."""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

from console.core.journal import Record, RecordKind
from console.core.ledger.audit import Verifier
from console.core.ledger.faults import LedgerFault
from console.core.ledger.heads import trusted_keys
from console.hub.backbone.base import Entry
from console.hub.journal import Journal
from console.hub.ledger.base_check import check
from console.hub.ledger.opening import KeyNews, sign_with_own_key
from console.hub.ledger.schema import known_keys, reading

Story = Callable[[Journal], Awaitable[None]]


def entry(what: str, subject: str = "a0.high", state: bytes = b"") -> tuple[str, Entry]:
    record = Record(sequence=0, at=1_000, kind=RecordKind.ACT, who="kim", subject=subject, what=what)
    return subject, Entry(record, state)


def with_journal(folder: Path, story: Story) -> KeyNews:
    """A journal with the key of its folder."""
    news: list[KeyNews] = []

    async def told() -> None:
        journal = Journal(folder / "journal.db")
        try:
            news.append(sign_with_own_key(journal))
            await story(journal)
        finally:
            journal.close()

    asyncio.run(told())
    return news[0]


async def fill(journal: Journal, count: int = 30) -> None:
    for n in range(count):
        await journal.append("alarms", [entry(str(n))])
        if n % 10 == 9:
            await journal.sign()


def findings(folder: Path, held: tuple[bytes, ...] = ()) -> list[tuple[LedgerFault, int]]:
    base = reading(folder / "journal.db")
    with contextlib.closing(base):
        trusted, found = trusted_keys(known_keys(base), held)
        verifier = Verifier(trusted)
        for one in found:
            verifier.found(one)
        check(base, verifier)
        return [(one.fault, one.at) for one in verifier.finish()]


def tamper(folder: Path, *statements: str) -> None:
    """As somebody with the file and SQLite would: the triggers are dropped first."""
    base = sqlite3.connect(folder / "journal.db")
    for table in ("journal", "heads", "keys"):
        base.execute(f"DROP TRIGGER {table}_keeps")
        base.execute(f"DROP TRIGGER {table}_stays")
    for statement in statements:
        base.execute(statement)
    base.commit()
    base.close()
