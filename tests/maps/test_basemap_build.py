"""The script that makes the shipped layers."""

from __future__ import annotations

import importlib.util
import io
import json
import tarfile
from pathlib import Path
from types import ModuleType

import pytest

from maps.layers import load_layers

SCRIPT = Path(__file__).parents[2] / "packaging" / "basemap" / "build.py"
BOX = (0.0, 0.0, 10.0, 10.0)


@pytest.fixture(scope="module")
def build() -> ModuleType:
    spec = importlib.util.spec_from_file_location("basemap_build", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pack(folder: Path, topology: object) -> Path:
    file = folder / "world-atlas.tgz"
    body = json.dumps(topology).encode()
    with tarfile.open(file, "w:gz") as tar:
        info = tarfile.TarInfo("package/land-10m.json")
        info.size = len(body)
        tar.addfile(info, io.BytesIO(body))
    return file


TOPOLOGY = {
    # A square island in Busan Bay of two arcs, one of them used the other way round; steps of 0.1 degree.
    "transform": {"scale": [0.1, 0.1], "translate": [129.0, 35.0]},
    "arcs": [[[0, 0], [2, 0], [0, 2]], [[0, 0], [0, 2], [2, 0]]],
    "objects": {"land": {"geometries": [{"type": "MultiPolygon", "arcs": [[[0, -2]]]}]}},
}


def test_arcs_are_unpacked_turned_and_joined(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """TopoJSON 2.1.3 and 2.1.4."""
    package = pack(tmp_path, TOPOLOGY)
    monkeypatch.setattr(build, "SHA256", build.hashlib.sha256(package.read_bytes()).hexdigest())
    (ring,) = build.read_land(package)
    assert [(round(x, 6), round(y, 6)) for x, y in ring] == [
        (129.0, 35.0), (129.2, 35.0), (129.2, 35.2), (129.0, 35.2), (129.0, 35.0)
    ]  # fmt: skip


def test_another_package_is_refused(build: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match="sha256"):
        build.read_land(pack(tmp_path, TOPOLOGY))


def test_the_layers_it_writes_are_loaded_without_a_fault(
    build: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    package = pack(tmp_path, TOPOLOGY)
    monkeypatch.setattr(build, "SHA256", build.hashlib.sha256(package.read_bytes()).hexdigest())
    out = tmp_path / "map"
    build.build(package, out)
    layers = load_layers(out)
    assert layers.faults == ()
    assert [layer.stem for layer in layers.layers] == ["land", "areas", "coastline", "trunk"]
    assert build.SHA256 in (out / "SOURCE.toml").read_text("utf-8")
    assert "land.geojson: 2 features" in capsys.readouterr().out


def test_a_ring_is_cut_at_the_box(build: ModuleType) -> None:
    ring = build.clip([(-5.0, 5.0), (5.0, -5.0), (15.0, 5.0), (5.0, 15.0)], BOX)
    assert all(0 <= x <= 10 and 0 <= y <= 10 for x, y in ring)
    assert len(ring) >= 4
    assert build.clip([(20.0, 20.0), (21.0, 20.0), (21.0, 21.0)], BOX) == []


def test_the_edge_of_the_box_is_no_shore(build: ModuleType) -> None:
    ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (6.0, 6.0), (0.0, 4.0), (0.0, 0.0)]
    assert build.shore_lines([ring], BOX) == [[(10.0, 4.0), (6.0, 6.0), (0.0, 4.0)]]


def test_softening_cuts_corners_and_keeps_the_edge(build: ModuleType) -> None:
    ring = [(0.0, 0.0), (10.0, 0.0), (10.0, 4.0), (8.0, 6.0), (4.0, 8.0), (2.0, 6.0), (0.0, 4.0)]
    soft = build.soften(ring, BOX)
    assert (0.0, 0.0) in soft
    assert (10.0, 4.0) in soft
    assert (4.0, 8.0) not in soft
    assert len(soft) > len(ring)
