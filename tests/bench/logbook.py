"""How fast the operator log is written, made anew and searched.

`main.py bench logbook [ENTRIES]`: 100,000 entries unless another number is given.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import msgspec

from console.core.journal import Record
from console.core.logbook.entry import LinkKind, LogEntry, LogLink
from console.core.logbook.query import LogQuery
from console.core.logbook.records import entry_record, lock_record
from console.hub.logbook.index import LogIndex
from console.hub.logbook.search import LogSearch

ROUNDS = 20
BATCH = 2_000
AT = 1_795_000_000_000_000_000
STEP = 300_000_000_000
_KO = (
    *("배수펌프", "유입수위", "수문", "진동", "교체", "운전", "점검", "이상", "없음", "순찰", "정전"),
    *("복구", "경보", "확인", "인계", "발전기", "차단기", "누수", "밸브", "압력", "강우"),
)
_EN = (
    *("pump", "vibration", "bearing", "alarm", "checked", "handed", "over", "generator", "valve"),
    *("pressure", "rain", "breaker", "leak", "started"),
)
_ENDS = ("을", "를", "이", "에서", "으로", "함", "")


def texts(count: int) -> Iterator[str]:
    """Sentences as people write them, three in four of them Korean."""
    chance = random.Random(7)
    for n in range(count):
        if n % 4:
            words = [f"{chance.choice(_KO)}{chance.choice(_ENDS)}" for _ in range(chance.randint(6, 24))]
        else:
            words = [chance.choice(_EN) for _ in range(chance.randint(6, 24))]
        # One word that is rare, and a number.
        yield " ".join([*words, f"{chance.randint(1, 9)}호기", "특기사항" if n % 1000 == 0 else ""]).strip()


def records(count: int) -> Iterator[Record]:
    """The journal of a log; closed every 200 entries."""
    sequence = 0
    for n, text in enumerate(texts(count)):
        links = (LogLink(LinkKind.ALARM, f"asset-{n % 80}.level-high", "수위 높음"),) if n % 3 == 0 else ()
        at = AT + n * STEP
        entry = LogEntry(
            id=f"01KX{n:022d}",
            at=at,
            written=at,
            author=f"person{n % 12}",
            author_name=f"홍길동{n % 12}",
            area=f"area-{n % 8}",
            text=text,
            links=links,
            mentions=("person3",) if n % 50 == 0 else (),
        )
        sequence += 1
        yield msgspec.structs.replace(entry_record(entry, "seat-1"), sequence=sequence)
        if n % 200 == 199:
            sequence += 1
            yield msgspec.structs.replace(lock_record(at, at, "boss", 200), sequence=sequence)


QUESTIONS = {
    "newest 100": LogQuery(limit=100),
    "korean, two letters, common": LogQuery(text="펌프", limit=100),
    "korean, part of a word": LogQuery(text="입수위", limit=100),
    "korean, one letter": LogQuery(text="밸", limit=100),
    "korean, rare": LogQuery(text="특기사항", limit=100),
    "korean, three words": LogQuery(text="진동 교체 7호기", limit=100),
    "english, beginning of a word": LogQuery(text="VIBR", limit=100),
    "nothing is found": LogQuery(text="없는말", limit=100),
    "author and area": LogQuery(author="길동3", area="area-3", limit=100),
    "an asset's alarms": LogQuery(link="asset-7", limit=100),
    "mentions, unread": LogQuery(mention="person3", unread=True, limit=100),
    "a week long ago, with a word": LogQuery(
        text="수문", start=AT + 1000 * STEP, end=AT + 3000 * STEP, limit=100
    ),
}


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "index.db"
        with closing(LogIndex(path)) as index:
            made = list(records(count))
            began = time.perf_counter()
            for first in range(0, len(made), BATCH):
                index.take(made[first : first + BATCH])
            spent = time.perf_counter() - began
            size = sum(part.stat().st_size for part in Path(folder).iterdir())
            print(
                f"{count:,} entries indexed in {spent:.1f} s ({count / spent:,.0f}/s), {size / 1e6:.0f} MB on disk"
            )
        with closing(LogSearch(path)) as search:
            worst = 0.0
            for name, query in QUESTIONS.items():
                times: list[float] = []
                found = 0
                for _ in range(ROUNDS):
                    began = time.perf_counter()
                    found = len(search.page(query).entries)
                    times.append((time.perf_counter() - began) * 1000)
                times.sort()
                worst = max(worst, times[-1])
                print(
                    f"  {name:<32} {found:>4} found  median {times[ROUNDS // 2]:7.1f} ms  worst {times[-1]:7.1f} ms"
                )
            print(f"worst of all: {worst:.1f} ms")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
