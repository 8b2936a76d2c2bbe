"""Reading of `site.toml`, `assets.csv` and `relations.csv`: where things are and how they hang together."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import cast

import msgspec

from console.core.profile.entry import ID, NAME, Entry, unique
from console.core.profile.faults import ProfileFault
from console.core.profile.sheet import Sheet, SheetRow
from console.core.site import Area, Asset, Relation
from console.core.words import Text

ASSET_COLUMNS = ("id", "type", "ko", "en", "area", "lat", "lon", "parent")
RELATION_COLUMNS = ("kind", "source", "target")
SITE_FIELDS = ("id", "name", "time_zone", "extent", "map", "area", "shift", "policy")


class Extent(msgspec.Struct, frozen=True):
    """The box that everything of a site stands in, WGS 84 degrees."""

    south: float
    west: float
    north: float
    east: float

    def holds(self, lat: float, lon: float) -> bool:
        """Whether a point is inside."""
        return self.south <= lat <= self.north and self.west <= lon <= self.east


WORLD = Extent(-90.0, -180.0, 90.0, 180.0)


class SiteSheet(msgspec.Struct, frozen=True):
    """What `site.toml` says; parts at fault hold what lets the other files be checked."""

    id: str
    name: Text
    time_zone: str
    extent: Extent
    map_folder: str
    areas: tuple[Area, ...]
    area_ids: frozenset[str] | None
    """None if the file cannot be read."""


def read_site(entry: Entry) -> SiteSheet:
    """The site's own facts; faults are reported."""
    if not entry.table:
        return SiteSheet("", Text("", ""), "", WORLD, "", (), None)
    entry.unknown(SITE_FIELDS)
    site_id = _string(entry, "id")
    entry.named(site_id or "x", "id", ID)
    extent = _extent(entry)
    areas = [_area(e, extent) for e in entry.entries("area")]
    unique(entry.entries("area"), "id")
    if not areas:
        entry.fault(ProfileFault.MISSING, "area", entry=entry.label)
    return SiteSheet(
        site_id,
        _name(entry),
        _string(entry, "time_zone"),
        extent,
        _string(entry, "map") if "map" in entry.table else "",
        tuple(area for area in areas if area is not None),
        frozenset(entry.names("area", "id")),
    )


def read_assets(
    sheet: Sheet, text: str, site: SiteSheet, types: Collection[str]
) -> tuple[list[Asset], set[str]]:
    """Sound assets in order, and the ids of all rows, faulty ones included."""
    rows = sheet.rows(text, ASSET_COLUMNS)
    ids = {row["id"] for row in rows}
    _no_repeats(sheet, rows, "id")
    assets = [_asset(sheet, row, site, types, ids) for row in rows]
    _no_cycles(sheet, rows)
    return [asset for asset in assets if asset is not None], ids


def read_relations(sheet: Sheet, text: str, assets: Collection[str]) -> list[Relation]:
    """Relations between known assets."""
    rows = sheet.rows(text, RELATION_COLUMNS)
    for row in rows:
        if not NAME.fullmatch(row["kind"]):
            sheet.fault(row.line, ProfileFault.BAD_ID, "kind", found=row["kind"][:60])
        for end in ("source", "target"):
            if row[end] not in assets:
                sheet.fault(row.line, ProfileFault.UNKNOWN_ASSET, end, found=row[end][:60])
        if row["source"] == row["target"]:
            sheet.fault(row.line, ProfileFault.RELATED_TO_ITSELF, "target", found=row["target"][:60])
    return [Relation(kind=row["kind"], source=row["source"], target=row["target"]) for row in rows]


def _string(entry: Entry, name: str) -> str:
    if name not in entry.table:
        entry.fault(ProfileFault.MISSING, name, entry=entry.label)
        return ""
    return cast("str | None", entry.value(name, str)) or ""


def _name(entry: Entry) -> Text:
    if "name" not in entry.table:
        entry.fault(ProfileFault.MISSING, "name", entry=entry.label)
        return Text("", "")
    name = entry.text("name")
    entry.required_text("name", name)
    return name or Text("", "")


def _extent(entry: Entry) -> Extent:
    if "extent" not in entry.table:
        entry.fault(ProfileFault.MISSING, "extent", entry=entry.label)
        return WORLD
    edges = cast(
        "tuple[float, float, float, float] | None", entry.value("extent", tuple[float, float, float, float])
    )
    if edges is None:
        return WORLD
    box = Extent(*edges)
    sound = box.south < box.north and box.west < box.east
    if not (sound and WORLD.holds(box.south, box.west) and WORLD.holds(box.north, box.east)):
        entry.fault(ProfileFault.BAD_EXTENT, "extent", found=str(list(edges)))
        return WORLD
    return box


def _area(entry: Entry, extent: Extent) -> Area | None:
    area = entry.read(Area)
    if area is None:
        return None
    entry.named(area.id, "id", ID)
    entry.required_text("name", area.name)
    if not extent.holds(area.lat, area.lon):
        entry.fault(ProfileFault.OUTSIDE_EXTENT, "lat", found=f"{area.lat:g}, {area.lon:g}")
    return area


def _asset(
    sheet: Sheet, row: SheetRow, site: SiteSheet, types: Collection[str], ids: Collection[str]
) -> Asset | None:
    if not ID.fullmatch(row["id"]):
        sheet.fault(row.line, ProfileFault.BAD_ID, "id", found=row["id"][:60])
    for column in ("ko", "en"):
        if not row[column].strip():
            sheet.fault(row.line, ProfileFault.EMPTY_TEXT, column, entry=row["id"][:60])
    if row["type"] not in types:
        sheet.fault(row.line, ProfileFault.UNKNOWN_TYPE, "type", found=row["type"][:60])
    if site.area_ids is not None and row["area"] not in site.area_ids:
        sheet.fault(row.line, ProfileFault.UNKNOWN_AREA, "area", found=row["area"][:60])
    if row["parent"] and row["parent"] not in ids:
        sheet.fault(row.line, ProfileFault.UNKNOWN_ASSET, "parent", found=row["parent"][:60])
    lat, lon = sheet.number(row, "lat"), sheet.number(row, "lon")
    if lat is None or lon is None:
        return None
    if not site.extent.holds(lat, lon):
        sheet.fault(row.line, ProfileFault.OUTSIDE_EXTENT, "lat", found=f"{lat:g}, {lon:g}")
    return Asset(
        id=row["id"],
        type=row["type"],
        name=Text(row["ko"], row["en"]),
        area=row["area"],
        lat=lat,
        lon=lon,
        parent=row["parent"],
    )


def _no_repeats(sheet: Sheet, rows: Sequence[SheetRow], column: str) -> None:
    seen: set[str] = set()
    for row in rows:
        if row[column] in seen:
            sheet.fault(row.line, ProfileFault.TWICE, column, found=row[column][:60])
        seen.add(row[column])


def _no_cycles(sheet: Sheet, rows: Sequence[SheetRow]) -> None:
    parents = {row["id"]: row["parent"] for row in rows}
    for row in rows:
        above, seen = row["parent"], {row["id"]}
        while above in parents and above not in seen:
            seen.add(above)
            above = parents[above]
        if above == row["id"]:
            sheet.fault(row.line, ProfileFault.PARENT_CYCLE, "parent", found=row["id"][:60])
