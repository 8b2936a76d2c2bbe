"""Makes the shipped base map, resources/map/*.geojson, from sources that may be committed and passed on.

    python packaging/basemap/build.py [--package world-atlas-2.0.2.tgz] [--out resources/map]

* the shore: Natural Earth 1:10m land (public domain) as packaged by npm `world-atlas` (ISC),
fetched by npm itself and
  checked against the recorded hash, clipped to the city with room to pan;
* areas, trunk lines and one island that Natural Earth leaves out:
this project's own drawings in `source/` (CC0),
  made from public knowledge.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import math
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable, Iterable
from itertools import pairwise
from pathlib import Path

HERE = Path(__file__).resolve().parent
PACKAGE = "world-atlas"
VERSION = "2.0.2"
SHA256 = "032e7765f2ce00edaeafec23ff22bc3b77e42987c257da944cc585b452c05b97"
MADE = "2026-11-22"
MEMBER = "package/land-10m.json"
BOX = (127.2, 34.0, 130.9, 36.4)
"""West, south, east, north: the city and about 130 km around, so that panning never shows the edge of the
world."""
DECIMALS = 4
"""About 10 m; the source is good to some hundred metres."""
CREDIT_SHORE = "Natural Earth 1:10m"
CREDIT_OWN = "Gwanje"

Point = tuple[float, float]
Ring = list[Point]


def fetch(folder: Path) -> Path:
    """Lets npm bring the package; it uses whatever registry this machine is configured with."""
    done = subprocess.run(
        ["npm", "pack", f"{PACKAGE}@{VERSION}", "--silent", "--pack-destination", str(folder)],
        check=True,
        capture_output=True,
        text=True,
        timeout=300,
    )
    return folder / done.stdout.strip().splitlines()[-1]


def read_land(package: Path) -> list[Ring]:
    """All outer rings of land in the package, in degrees (lon, lat); raises SystemExit on another package."""
    found = hashlib.sha256(package.read_bytes()).hexdigest()
    if found != SHA256:
        raise SystemExit(f"{package.name}: sha256 is {found}, expected {SHA256}")
    with tarfile.open(package) as tar:
        member = tar.extractfile(MEMBER)
        if member is None:
            raise SystemExit(f"{package.name}: no {MEMBER}")
        topology = json.load(member)
    arcs = [unpack_arc(arc, topology["transform"]) for arc in topology["arcs"]]
    geometries = topology["objects"]["land"]["geometries"]
    return [join(polygon[0], arcs) for geometry in geometries for polygon in geometry["arcs"]]


def unpack_arc(arc: list[list[int]], transform: dict[str, list[float]]) -> Ring:
    """Positions of a delta-coded, quantised arc (TopoJSON 1.0, 2.1.3-2.1.4)."""
    (scale_x, scale_y), (offset_x, offset_y) = transform["scale"], transform["translate"]
    x = y = 0
    ring: Ring = []
    for dx, dy in arc:
        x += dx
        y += dy
        ring.append((x * scale_x + offset_x, y * scale_y + offset_y))
    return ring


def join(indexes: list[int], arcs: list[Ring]) -> Ring:
    """One ring out of arcs; a negative index is an arc the other way round (TopoJSON 2.1.4)."""
    ring: Ring = []
    for index in indexes:
        part = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring.extend(part[1:] if ring else part)
    return ring


def clip(ring: Ring, box: tuple[float, float, float, float]) -> Ring:
    """A ring cut to a box (Sutherland-Hodgman, one side after the other)."""
    west, south, east, north = box
    sides: list[tuple[Callable[[Point], float], int, float]] = [
        (lambda p: p[0] - west, 0, west),
        (lambda p: east - p[0], 0, east),
        (lambda p: p[1] - south, 1, south),
        (lambda p: north - p[1], 1, north),
    ]
    for inside, axis, limit in sides:
        ring = _cut(ring, inside, axis, limit)
    return ring


def _cut(ring: Ring, inside: Callable[[Point], float], axis: int, limit: float) -> Ring:
    kept: Ring = []
    for before, here in zip(ring[-1:] + ring[:-1], ring, strict=True):
        if (inside(before) >= 0) != (inside(here) >= 0):
            share = (limit - before[axis]) / (here[axis] - before[axis])
            other = 1 - axis
            crossing = before[other] + (here[other] - before[other]) * share
            kept.append((limit, crossing) if axis == 0 else (crossing, limit))
        if inside(here) >= 0:
            kept.append(here)
    return kept


def shore_lines(rings: Iterable[Ring], box: tuple[float, float, float, float]) -> list[Ring]:
    """The parts of clipped rings that are shore and not the edge of the box."""
    lines: list[Ring] = []
    for ring in rings:
        line: Ring = []
        for before, here in pairwise(ring):
            if _on_edge(before, box) and _on_edge(here, box):
                if len(line) > 1:
                    lines.append(line)
                line = []
                continue
            line = [*line, here] if line else [before, here]
        if len(line) > 1:
            lines.append(line)
    return lines


def _open(ring: Ring) -> Ring:
    return ring[:-1] if ring[0] == ring[-1] else ring


def soften(ring: Ring, box: tuple[float, float, float, float], rounds: int = 2) -> Ring:
    """Cuts the corners of a ring (Chaikin), so that a coarse shore reads as generalised and not as surveyed
    angles.

    No vertex moves by more than a quarter of its sides; the edge of the box stays straight.
    """
    for _ in range(rounds):
        soft: Ring = []
        for here, after in zip(ring, ring[1:] + ring[:1], strict=True):
            if _on_edge(here, box):
                soft.append(here)
            if _on_edge(here, box) or _on_edge(after, box):
                continue
            soft.append((0.75 * here[0] + 0.25 * after[0], 0.75 * here[1] + 0.25 * after[1]))
            soft.append((0.25 * here[0] + 0.75 * after[0], 0.25 * here[1] + 0.75 * after[1]))
        ring = soft
    return ring


def _on_edge(point: Point, box: tuple[float, float, float, float]) -> bool:
    west, south, east, north = box
    lon, lat = point
    return any(
        math.isclose(a, b, abs_tol=1e-9) for a, b in ((lon, west), (lon, east), (lat, south), (lat, north))
    )


def rounded(ring: Iterable[Point]) -> list[list[float]]:
    """Coordinates with few decimals, repeats left out."""
    out: list[list[float]] = []
    for lon, lat in ring:
        point = [round(lon, DECIMALS), round(lat, DECIMALS)]
        if not out or out[-1] != point:
            out.append(point)
    return out


def closed(ring: Iterable[Point]) -> list[list[float]]:
    """A rounded ring whose last position is its first (RFC 7946, 3.1.6)."""
    out = rounded(ring)
    return out if out[0] == out[-1] else [*out, out[0]]


def feature(kind: str, coordinates: object, **properties: str) -> dict[str, object]:
    """One GeoJSON feature."""
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": kind, "coordinates": coordinates},
    }


def own_features(source: Path) -> list[dict[str, object]]:
    """Features of our own drawings, reduced to names and rounded geometry."""
    found: list[dict[str, object]] = []
    for item in json.loads(source.read_text("utf-8"))["features"]:
        told, shape = item["properties"], item["geometry"]
        coordinates = shape["coordinates"]
        short = [closed(ring) for ring in coordinates] if shape["type"] == "Polygon" else rounded(coordinates)
        found.append(feature(shape["type"], short, name_ko=told["name_ko"], name_en=told["name_en"]))
    return found


def own_islands(source: Path) -> list[Ring]:
    """Outlines of islands that the shore data leaves out, as positions (lon, lat)."""
    features = json.loads(source.read_text("utf-8"))["features"]
    return [[(lon, lat) for lon, lat in item["geometry"]["coordinates"][0]] for item in features]


def write(file: Path, credit: str, features: list[dict[str, object]]) -> None:
    """Writes a collection with the credit its data asks for, one feature a line so that a change can be
    read."""
    lines = ",\n".join(json.dumps(item, ensure_ascii=False, separators=(",", ":")) for item in features)
    head = f'{{"type":"FeatureCollection","credit":{json.dumps(credit, ensure_ascii=False)},"features":[\n'
    file.write_text(f"{head}{lines}\n]}}\n", "utf-8")
    print(f"{file.name}: {len(features)} features, {file.stat().st_size} bytes")


def source_record() -> str:
    """Where everything came from, for people and for licence checks."""
    return (
        "# Made by packaging/basemap/build.py; do not edit.\n\n"
        f'[shore]\nfiles = ["land.geojson", "coastline.geojson"]\n'
        f'package = "{PACKAGE}"\nversion = "{VERSION}"\n'
        f'file = "{MEMBER}"\nsha256 = "{SHA256}"\nlicence = "public domain (Natural Earth), packaging ISC"\n'
        f'credit = "{CREDIT_SHORE}"\ndate = "{MADE}"\nclipped_to = {list(BOX)}\n\n'
        '[drawings]\nfiles = ["areas.geojson", "trunk.geojson", "land.geojson (the island Yeongdo)"]\n'
        'source = "packaging/basemap/source"\n'
        f'licence = "CC0-1.0"\ncredit = "{CREDIT_OWN}"\ndate = "{MADE}"\n'
        'accuracy = "approximate marker areas and straight segments (200-1000 m), not legal boundaries"\n'
    )


def build(package: Path, out: Path) -> None:
    """Writes every layer and the record."""
    out.mkdir(parents=True, exist_ok=True)
    rings = [
        soften(_open(ring), BOX) for ring in (clip(ring, BOX) for ring in read_land(package)) if len(ring) > 3
    ]
    rings += [soften(_open(ring), BOX) for ring in own_islands(HERE / "source" / "islands-approx.geojson")]
    write(out / "land.geojson", CREDIT_SHORE, [feature("Polygon", [closed(ring)]) for ring in rings])
    lines = shore_lines(([*ring, ring[0]] for ring in rings), BOX)
    write(out / "coastline.geojson", CREDIT_SHORE, [feature("LineString", rounded(line)) for line in lines])
    write(out / "areas.geojson", CREDIT_OWN, own_features(HERE / "source" / "areas-approx.geojson"))
    write(out / "trunk.geojson", CREDIT_OWN, own_features(HERE / "source" / "trunk-schematic.geojson"))
    (out / "SOURCE.toml").write_text(source_record(), "utf-8")


def main() -> int:
    """Command line."""
    parser = argparse.ArgumentParser(description="Make the shipped base map.")
    parser.add_argument(
        "--package", type=Path, help=f"{PACKAGE}-{VERSION}.tgz that is already here; else npm fetches it"
    )
    parser.add_argument("--out", type=Path, default=HERE.parents[1] / "resources" / "map")
    told = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        build(told.package or fetch(Path(folder)), told.out)
    return 0


if __name__ == "__main__":
    sys.exit(main())
