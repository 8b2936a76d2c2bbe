"""From the texts of a profile to a `Site`."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import PurePosixPath

import msgspec

from console.core.errors import ProfileErrors
from console.core.profile.asset_types import read_type
from console.core.profile.conditions import Known, check_interlocks
from console.core.profile.entry import Entry
from console.core.profile.faults import Faults, ProfileFault
from console.core.profile.feed_maps import TypeNames, read_feeds
from console.core.profile.lines import Lines
from console.core.profile.notify import read_notify
from console.core.profile.places import ASSET_COLUMNS, SiteSheet, read_assets, read_relations, read_site
from console.core.profile.policy import read_directory, read_policy
from console.core.profile.procedures import read_procedures
from console.core.profile.reporting import Stock, read_reporting
from console.core.profile.sheet import Sheet
from console.core.profile.suppression import Named, read_inhibitions, read_shifts
from console.core.site import Asset, AssetType, Site

SITE = "site.toml"
ASSETS = "assets.csv"
RELATIONS = "relations.csv"
FEEDS = "feeds.toml"
INHIBITIONS = "inhibitions.toml"
PROCEDURES = "procedures.toml"
ROLES = "roles.toml"
NOTIFY = "notify.toml"
REPORTS = "reports.toml"
ZONES = "zones.toml"
TYPES = "types/"

_AT_LINE = re.compile(r"\(at line (\d+)")


def parse_site(files: Mapping[str, str]) -> Site:
    """The site of a profile whose files are given by name relative to its folder, such as `types/pump.toml`.

    Raises ProfileErrors with every fault found. Only `site.toml`, `assets.csv` and one type must be there.
    """
    faults = Faults()
    for name in (SITE, ASSETS):
        if name not in files:
            faults.add(name, 0, ProfileFault.NO_FILE)
    site = _read(files, faults)
    found = faults.sorted()
    if found:
        raise ProfileErrors(found)
    return site


def _read(files: Mapping[str, str], faults: Faults) -> Site:
    """The site without whatever is at fault; faults are reported."""
    entry = _document(files, SITE, faults)
    head = read_site(entry)
    base = _base(head, entry)
    types, names, entries = _types(files, faults)
    assets, ids = read_assets(Sheet(ASSETS, faults), files.get(ASSETS, ",".join(ASSET_COLUMNS)), head, names)
    relations = read_relations(Sheet(RELATIONS, faults), files[RELATIONS], ids) if RELATIONS in files else []
    feeds = read_feeds(_document(files, FEEDS, faults), _counted(names, assets)) if FEEDS in files else []
    sound = types if len(types) == len(names) else None
    named = Named.of(sound, {"type": names, "area": head.area_ids, "asset": ids})
    inhibitions = read_inhibitions(_document(files, INHIBITIONS, faults), named)
    known = Known.of(names, types, ids, assets)
    for kind in types:
        if kind.id in entries:
            check_interlocks(entries[kind.id], kind, known)
    stock = Stock(
        {kind.id: kind for kind in types}, frozenset(names) - {kind.id for kind in types}, frozenset(ids)
    )
    return msgspec.structs.replace(
        base,
        types=tuple(types),
        assets=tuple(assets),
        relations=tuple(relations),
        feeds=tuple(feeds),
        inhibitions=tuple(inhibitions),
        procedures=tuple(read_procedures(_document(files, PROCEDURES, faults), known, head.area_ids)),
        directory=read_directory(_document(files, ROLES, faults), head.area_ids),
        receivers=tuple(read_notify(_document(files, NOTIFY, faults), head.area_ids)),
        reporting=read_reporting(_document(files, REPORTS, faults), _document(files, ZONES, faults), stock),
    )


def _base(head: SiteSheet, entry: Entry) -> Site:
    """What `site.toml` alone says."""
    return Site(
        id=head.id,
        name=head.name,
        time_zone=head.time_zone,
        south=head.extent.south,
        west=head.extent.west,
        north=head.extent.north,
        east=head.extent.east,
        areas=head.areas,
        types=(),
        assets=(),
        map_folder=head.map_folder,
        shifts=tuple(read_shifts(entry)),
        policy=read_policy(entry),
    )


_Types = tuple[list[AssetType], dict[str, TypeNames], dict[str, Entry]]


def _types(files: Mapping[str, str], faults: Faults) -> _Types:
    """Sound types in order of file name, the names that all of them declare, and their files by stem."""
    types: list[AssetType] = []
    names: dict[str, TypeNames] = {}
    entries: dict[str, Entry] = {}
    for name in sorted(files):
        if not (name.startswith(TYPES) and name.endswith(".toml")):
            continue
        entry = _document(files, name, faults)
        stem = PurePosixPath(name).stem
        entries[stem] = entry
        kind = read_type(entry, stem) if entry.table else None
        # A type is known by its file, so that one fault in it is not repeated for each of its assets.
        tags, commands = (frozenset(entry.names(a)) if entry.table else None for a in ("tag", "command"))
        names[stem] = TypeNames(tags, commands, 0)
        if kind is not None:
            types.append(kind)
    if not names:
        faults.add(TYPES, 0, ProfileFault.NO_TYPES)
    return types, names, entries


def _counted(names: Mapping[str, TypeNames], assets: list[Asset]) -> dict[str, TypeNames]:
    counts: dict[str, int] = {}
    for asset in assets:
        counts[asset.type] = counts.get(asset.type, 0) + 1
    return {key: TypeNames(t.tags, t.commands, counts.get(key, 0)) for key, t in names.items()}


def _document(files: Mapping[str, str], name: str, faults: Faults) -> Entry:
    """The root table of a TOML file; an empty one if the file is absent or cannot be parsed."""
    text = files.get(name, "")
    tree: dict[str, object] = {}
    try:
        tree = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = _AT_LINE.search(str(error))
        line = int(place[1]) if place else len(text.splitlines())
        faults.add(name, line, ProfileFault.NOT_TOML, detail=str(error)[:120])
    return Entry(name, Lines(text), tree, faults)
