"""Updates a second that the alarm engine evaluates: 100,000 alarms, 0.1 % of them changing in every batch.

python tests/bench/alarm_engine.py [ROUNDS]
"""

from __future__ import annotations

import sys
import time
from itertools import count

import numpy as np

from console.core.alarm.engine import AlarmEngine
from console.core.batch import Batch
from console.core.catalogue import Catalogue
from console.core.site import AlarmCondition, AlarmDef, Area, Asset, AssetType, Site, TagDef
from console.core.words import Text

TAGS_EACH = 10
ASSETS = 10_000
CHANGING = 0.001
LABEL = Text("벤치", "bench")


def site() -> Site:
    """10,000 assets of one type with ten tags, each with one high alarm."""
    tags = tuple(TagDef(name=f"t{i}", label=LABEL) for i in range(TAGS_EACH))
    alarms = tuple(
        AlarmDef(
            name=f"a{i}",
            tag=f"t{i}",
            label=LABEL,
            condition=AlarmCondition.HIGH,
            limit=80.0,
            deadband=2.0,
            priority=3,
            cause=LABEL,
            consequence=LABEL,
            action=LABEL,
            respond_min=10.0,
        )
        for i in range(TAGS_EACH)
    )
    kind = AssetType(id="bench", label=LABEL, glyph="pump", tags=tags, alarms=alarms)
    assets = tuple(
        Asset(id=f"b{i}", type="bench", name=LABEL, area="a", lat=35.0, lon=129.0) for i in range(ASSETS)
    )
    area = Area(id="a", name=LABEL, lat=35.0, lon=129.0)
    return Site(
        id="bench",
        name=LABEL,
        time_zone="Asia/Seoul",
        areas=(area,),
        types=(kind,),
        assets=assets,
        south=34.0,
        west=128.0,
        north=36.0,
        east=130.0,
    )


def main(rounds: int) -> None:
    """Prints the rate for batches that hold every tag once, and for small ones with repeats out of order."""
    whole(rounds)
    mixed(rounds * 20)


def mixed(rounds: int) -> None:
    """Batches of 5,000 rows over 20,000 tags: tags repeat, times jitter, a few rows are late."""
    ids = count()
    engine = AlarmEngine(Catalogue(site()), lambda: f"{next(ids):026d}")
    rng = np.random.default_rng(1)
    quality = np.zeros(5000, np.uint8)
    spent = 0.0
    for turn in range(rounds):
        tag = rng.integers(0, 20_000, 5000).astype(np.uint32)
        at = turn * 1000 + rng.integers(0, 1500, 5000)
        batch = Batch(tag, at, rng.uniform(0.0, 79.0, 5000), quality)
        begin = time.perf_counter()
        engine.samples(batch, float(turn), turn)
        spent += time.perf_counter() - begin
    print(f"{5000 * rounds / spent / 1e6:.1f} M updates/s in batches of 5,000 out of order")


def whole(rounds: int) -> None:
    """Batches of every tag once, 0.1 % of the alarms changing in each."""
    ids = count()
    engine = AlarmEngine(Catalogue(site()), lambda: f"{next(ids):026d}")
    n = ASSETS * TAGS_EACH
    rng = np.random.default_rng(1)
    value = rng.uniform(0.0, 70.0, n)
    tag = np.arange(n, dtype=np.uint32)
    quality = np.zeros(n, np.uint8)
    spent, events = 0.0, 0
    for turn in range(rounds):
        chosen = rng.choice(n, int(n * CHANGING), replace=False)
        value[chosen] = np.where(value[chosen] >= 80.0, 10.0, 90.0)
        batch = Batch(tag, np.full(n, turn + 1, np.int64), value.copy(), quality)
        begin = time.perf_counter()
        engine.samples(batch, float(turn), turn)
        events += len(engine.events())
        spent += time.perf_counter() - begin
    print(f"{n * rounds / spent / 1e6:.1f} M updates/s, {n} alarms, {events / rounds:.0f} changes a batch")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 50)
