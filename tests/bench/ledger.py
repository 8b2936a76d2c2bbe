"""What the ledger costs and how fast it answers: append, verify, search.

`main.py bench ledger [RECORDS]`: 1,000,000 records unless another number is given.
"""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from console.core.catalogue import Catalogue
from console.core.journal import Record, RecordKind
from console.core.ledger.audit import Verifier
from console.core.ledger.heads import trusted_keys
from console.hub.backbone.base import Entry
from console.hub.journal import Journal
from console.hub.ledger.base_check import check
from console.hub.ledger.opening import sign_with_own_key
from console.hub.ledger.schema import known_keys, reading
from console.hub.ledger.search import RecordQuery, RecordSearch
from console.hub.ledger.vocabulary import Vocabulary, log_words
from console.hub.profile import load_site
from console.setup.arguments import DEFAULT_SITE

BATCH = 2000
ROUNDS = 40


def made(n: int, assets: list[str]) -> tuple[str, Entry]:
    """Mostly alarms, an act in 50, a command in 200, a system record in 1,000."""
    kind, who, what = RecordKind.ALARM, "system:process", "ACT" if n % 2 else "RTN"
    if n % 1000 == 0:
        kind, who, what = RecordKind.SYSTEM, "system:hub", "START"
    elif n % 200 == 0:
        kind, who, what = RecordKind.COMMAND, f"person{n % 7}", "SENT"
    elif n % 50 == 0:
        kind, who, what = RecordKind.ACT, f"person{n % 11}", "ACK"
    asset = assets[n % len(assets)]
    record = Record(
        sequence=0,
        at=1_795_000_000_000_000_000 + n * 1_000_000,
        kind=kind,
        who=who,
        station="seat-1",
        subject=f"{asset}.high",
        what=what,
        old="A_NORM",
        new="B_UNACK",
        fields={"occurrence": f"01KX{n:022d}", "value": "4.12", "limit": "4.0", "priority": "2"},
    )
    return f"{asset}.high", Entry(record, b"s" * 200)


async def append(folder: Path, count: int, assets: list[str]) -> float:
    """Records a second, in batches of BATCH."""
    journal = Journal(folder / "journal.db")
    sign_with_own_key(journal)
    spent = 0.0
    for first in range(1, count + 1, BATCH):
        entries = [made(n, assets) for n in range(first, first + BATCH)]
        begin = time.perf_counter()
        await journal.append("alarms", entries)
        spent += time.perf_counter() - begin
        if first % 100_000 < BATCH:
            await journal.sign()
    journal.close()
    return count / spent


def verify(folder: Path) -> float:
    """Records a second of the whole verification."""
    with closing(reading(folder / "journal.db")) as base:
        verifier = Verifier(trusted_keys(known_keys(base))[0])
        begin = time.perf_counter()
        check(base, verifier)
        findings = verifier.finish()
        assert findings == [], findings
        return verifier.records / (time.perf_counter() - begin)


def timed(ask: Callable[[], object]) -> tuple[float, float]:
    """Median and 95th percentile in ms."""
    spent: list[float] = []
    for _ in range(ROUNDS):
        begin = time.perf_counter()
        ask()
        spent.append((time.perf_counter() - begin) * 1000)
    return float(np.median(spent)), float(np.percentile(spent, 95))


def queries(count: int, asset: str) -> dict[str, RecordQuery]:
    """What a console asks for."""
    start = 1_795_000_000_000_000_000
    middle = start + count // 2 * 1_000_000
    return {
        "newest page": RecordQuery(limit=200),
        "next page": RecordQuery(limit=200, before=count - 200),
        "one asset": RecordQuery(limit=200, subject=asset),
        "kind act": RecordQuery(limit=200, kinds=("act",)),
        "kinds act, command, system": RecordQuery(limit=200, kinds=("act", "command", "system")),
        "one person": RecordQuery(limit=200, who="person3"),
        "an hour in the middle": RecordQuery(limit=200, start=middle, end=middle + 3_600_000_000_000),
        "word in every record": RecordQuery(limit=200, text="high"),
        "name of an asset": RecordQuery(limit=200, text="펌프장"),
        "word in no record": RecordQuery(limit=200, text="verstopft"),
    }


def main() -> int:
    """Print the figures."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    site = load_site(DEFAULT_SITE)
    assets = [asset.id for asset in site.assets]
    with tempfile.TemporaryDirectory(prefix="gwanje-ledger-") as name:
        folder = Path(name)
        print(f"append  {asyncio.run(append(folder, count, assets)):,.0f} records/s")
        size = (folder / "journal.db").stat().st_size
        print(f"size    {size / count:,.0f} bytes a record")
        print(f"verify  {verify(folder):,.0f} records/s")
        words = Vocabulary(Catalogue(site), log_words())
        search = RecordSearch(folder / "journal.db", lambda: words)
        for label, query in queries(count, assets[3]).items():
            median, late = timed(lambda query=query: search.page(query))
            page = search.page(query)
            print(
                f"query   {label:28s} {median:7.1f} ms, p95 {late:7.1f} ms, {len(page.records)} records"
                + (f", searched to {page.searched_to:,}" if not page.records else "")
            )
        search.close()
    return 0


if __name__ == "__main__":
    sys.exit(main())
