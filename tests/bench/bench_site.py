"""Writes a site profile of many points for benches."""

from __future__ import annotations

from pathlib import Path

_SITE = """id = "bench"
name = { ko = "측정", en = "Bench" }
time_zone = "Asia/Seoul"
extent = [35.0, 128.8, 35.3, 129.2]
[[area]]
id = "all"
name = { ko = "전체", en = "All" }
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
on_delay_s = 5.0
priority = 4
cause = {{ ko = "측정", en = "Bench" }}
consequence = {{ ko = "측정", en = "Bench" }}
action = {{ ko = "측정", en = "Bench" }}
respond_min = 30.0
"""


_UNITS = ("kW", "V", "A", "Hz")
"""A chart has one pane for each unit."""


def write_site(folder: Path, points: int, tags_each: int) -> None:
    """A profile of `points` tags in assets of `tags_each`, each with one high alarm, fed by one columns feed."""
    (folder / "types").mkdir(parents=True)
    (folder / "site.toml").write_text(_SITE, encoding="utf-8")
    head = 'id = "unit"\nlabel = { ko = "설비", en = "Unit" }\nglyph = "factory"\nheadline = ["v0", "v1"]\n'
    body = "".join(_TAG.format(i=i, unit=_UNITS[i % 4]) for i in range(tags_each))
    body += "".join(_ALARM.format(i=i) for i in range(tags_each))
    (folder / "types" / "unit.toml").write_text(head + body, encoding="utf-8")
    rows = ["id,type,ko,en,area,lat,lon,parent"]
    for i in range(points // tags_each):
        lat, lon = 35.05 + 0.2 * (i % 20) / 20, 128.85 + 0.3 * (i // 20) / 20
        rows.append(f"unit-{i},unit,설비 {i},Unit {i},all,{lat:.5f},{lon:.5f},")
    (folder / "assets.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    (folder / "relations.csv").write_text("kind,source,target\n", encoding="utf-8")
    routes = "\n".join(f'v{i} = "v{i}"' for i in range(tags_each))
    (folder / "feeds.toml").write_text(
        '[[feed]]\nid = "bulk"\nadapter = "columns"\nurl = "ws://127.0.0.1:1/"\n'
        'label = { ko = "대량", en = "Bulk" }\nmovers = ""\n'
        f'[[feed.map]]\ntype = "unit"\nsource = "{{asset}}"\n[feed.map.tags]\n{routes}\n',
        encoding="utf-8",
    )
