"""Writes a site profile of many points for benches."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

_SITE = """id = "bench"
name = { ko = "측정", en = "Bench" }
time_zone = "Asia/Seoul"
extent = [35.0, 128.8, 35.3, 129.2]
"""

_AREA = """[[area]]
id = "{id}"
name = {{ ko = "{ko}", en = "{en}" }}
lat = 35.1
lon = 129.0
"""

_TAG = """[[tag]]
name = "v{i}"
label = {{ ko = "값 {i}", en = "Value {i}" }}
unit = "{unit}"
low = 0.0
high = 150.0
period_s = 5.0
"""

_ALARM = """[[alarm]]
name = "v{i}_high"
tag = "v{i}"
label = {{ ko = "값 {i} 높음", en = "Value {i} high" }}
condition = "high"
limit = 100.0
deadband = 2.0
on_delay_s = {delay}
priority = {priority}
cause = {{ ko = "측정", en = "Bench" }}
consequence = {{ ko = "측정", en = "Bench" }}
action = {{ ko = "측정", en = "Bench" }}
respond_min = 30.0
"""


_UNITS = ("kW", "V", "A", "Hz")
"""A chart has one pane for each unit."""


@dataclass(frozen=True, slots=True)
class Shape:
    """How a site of many points is cut; assets stand in the areas in turn."""

    tags_each: int
    areas: int = 1
    on_delay_s: float = 5.0
    priorities: tuple[int, ...] = (4,)
    """Of the alarms of an asset, in turn."""


def write_site(folder: Path, points: int, tags_each: int) -> None:
    """A profile of `points` tags in assets of `tags_each`, each with one high alarm, fed by one columns feed."""
    write_shaped_site(folder, points, Shape(tags_each))


def write_shaped_site(folder: Path, points: int, shape: Shape) -> None:
    """The same in a shape of its own."""
    (folder / "types").mkdir(parents=True)
    areas = [("all", "전체", "All")] if shape.areas == 1 else _areas(shape.areas)
    site = _SITE + "".join(_AREA.format(id=name, ko=ko, en=en) for name, ko, en in areas)
    (folder / "site.toml").write_text(site, encoding="utf-8")
    (folder / "types" / "unit.toml").write_text(_type(shape), encoding="utf-8")
    rows = ["id,type,ko,en,area,lat,lon,parent"]
    assets = points // shape.tags_each
    columns = max(20, -(-assets // 20))
    for i in range(assets):
        lat, lon = 35.05 + 0.2 * (i % 20) / 20, 128.85 + 0.3 * (i // 20) / columns
        rows.append(f"unit-{i},unit,설비 {i},Unit {i},{areas[i % len(areas)][0]},{lat:.5f},{lon:.5f},")
    (folder / "assets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "relations.csv").write_text("kind,source,target\n", encoding="utf-8")
    routes = "\n".join(f'v{i} = "v{i}"' for i in range(shape.tags_each))
    (folder / "feeds.toml").write_text(
        '[[feed]]\nid = "bulk"\nadapter = "columns"\nurl = "ws://127.0.0.1:1/"\n'
        'label = { ko = "대량", en = "Bulk" }\nmovers = ""\n'
        f'[[feed.map]]\ntype = "unit"\nsource = "{{asset}}"\n[feed.map.tags]\n{routes}\n',
        encoding="utf-8",
    )


def _areas(count: int) -> list[tuple[str, str, str]]:
    return [(f"area-{i}", f"구역 {i}", f"Area {i}") for i in range(count)]


def _type(shape: Shape) -> str:
    tags = range(shape.tags_each)
    head = 'id = "unit"\nlabel = { ko = "설비", en = "Unit" }\nglyph = "factory"\nheadline = ["v0", "v1"]\n'
    priorities = shape.priorities
    return (
        head
        + "".join(_TAG.format(i=i, unit=_UNITS[i % 4]) for i in tags)
        + "".join(
            _ALARM.format(i=i, delay=shape.on_delay_s, priority=priorities[i % len(priorities)]) for i in tags
        )
    )
