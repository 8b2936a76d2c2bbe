"""A small site profile and recordings of it, for the tests of the back-test."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

_SITE = """id = "test"
name = { ko = "시험", en = "Test" }
time_zone = "Asia/Seoul"
extent = [35.0, 128.8, 35.3, 129.2]
[[area]]
id = "all"
name = { ko = "전체", en = "All" }
lat = 35.1
lon = 129.0
"""
_PUMP = """id = "pump"
label = { ko = "펌프", en = "Pump" }
glyph = "pump"
headline = ["level"]
[[tag]]
name = "level"
label = { ko = "수위", en = "Level" }
unit = "m"
low = 0.0
high = 10.0
decimals = 1
period_s = 1.0
[[tag]]
name = "flow"
label = { ko = "유량", en = "Flow" }
unit = "m³/s"
low = 0.0
high = 10.0
period_s = 1.0
[[alarm]]
name = "level_high"
tag = "level"
label = { ko = "수위 높음", en = "Level high" }
condition = "high"
limit = 8.0
deadband = 0.1
priority = 2
cause = { ko = "비", en = "Rain" }
consequence = { ko = "침수", en = "Flood" }
action = { ko = "펌프 기동", en = "Start a pump" }
respond_min = 10.0
"""
HEADER = "at,tag,value,quality"


def write_site(folder: Path) -> Path:
    """A profile of two pumps with a level and one alarm each; returns its folder."""
    (folder / "types").mkdir(parents=True)
    (folder / "site.toml").write_text(_SITE, encoding="utf-8")
    (folder / "types" / "pump.toml").write_text(_PUMP, encoding="utf-8")
    rows = ["id,type,ko,en,area,lat,lon,parent"]
    rows += [f"p{i},pump,펌프 {i},Pump {i},all,35.1,129.0," for i in (1, 2)]
    (folder / "assets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def stamp(second: float) -> str:
    """RFC 3339 of a second of 1 November 2026."""
    whole, rest = divmod(round(second * 1000), 1000)
    tail = f".{rest:03d}" if rest else ""
    return f"2026-11-01T{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}{tail}Z"


def swinging(cycles: int) -> Iterable[str]:
    """Lines of a level that goes above its limit and 0.3 below it, 10 s each."""
    yield HEADER
    for second in range(cycles * 20):
        yield f"{stamp(second)},p1.level,{8.2 if second % 20 < 10 else 7.7},good"
        yield f"{stamp(second)},p2.level,1.0,good"
