"""The same samples from every encoding of the Smart Data Models that lie beside this repository."""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import cast

import pytest
from house import ROOT

from console.feeds.json_guard import load_object
from console.feeds.ngsi_ld.codec import read_frame

MODELS = ROOT.parent / "shared/data/smart-data-models"
FILES = (
    "example.json",
    "example-normalized.json",
    "example.jsonld",
    "example-normalized.jsonld",
    "example-geojsonfeature.json",
)
FOLDERS = sorted(path.parent.name for path in MODELS.glob("*/example.json"))
NOT_DATA = {"id", "type", "@context", "createdAt", "modifiedAt"}

# What the files of one model state differently from one another, seen by reading them.
STATED_DIFFERENTLY = {
    ("AirQualityObserved", "windDirection"),
    ("AirQualityObserved", "dateObserved"),
    ("Berth", "gln"),
    ("FloodMonitoring", "alertLevel"),
    ("FloodMonitoring", "currentLevel"),
    ("FloodMonitoring", "dangerLevel"),
    ("FloodMonitoring", "measuredDistance"),
    ("PortCall", "regularLine"),
    ("PortCall", "remarks"),
    ("TrafficFlowObserved", "dateObserved"),
    ("WaterQualityObserved", "Fe"),
    ("WaterQualityObserved", "fluoride"),
}


def folders() -> list[str]:
    """Models to test; one empty name where the folder is absent, so that the test says so."""
    return FOLDERS or [""]


def raw(model: str, name: str) -> dict[str, object]:
    if not model:
        pytest.skip("the Smart Data Models are not beside this repository")
    return load_object((MODELS / model / name).read_bytes())


def present(model: str) -> list[str]:
    return [name for name in FILES if (MODELS / model / name).exists()]


def samples(tree: object) -> dict[str, float | bool | str]:
    decoded = read_frame(tree, UTC)
    assert decoded.faults == []
    return {reading.path: reading.value for reading in decoded.readings}


def same(one: float | bool | str, other: float | bool | str) -> bool:
    """Equal, or one id with and without its prefix: NGSIv2 files write ids short."""
    if isinstance(one, str) and isinstance(other, str):
        return one.endswith(other) or other.endswith(one)
    return one == other


@pytest.mark.parametrize("model", folders())
def test_all_files_of_a_model_give_the_same_samples(model: str) -> None:
    raw(model, "example.json")
    found = {name: samples(raw(model, name)) for name in present(model)}
    assert len(found) >= 4
    first = found["example.json"]
    shared = 0
    for name, other in found.items():
        for path in first.keys() & other.keys():
            shared += 1
            assert same(first[path], other[path]) or (model, path) in STATED_DIFFERENTLY, (name, path)
    assert shared >= 4 * len(first) * 0.6


@pytest.mark.parametrize("model", folders())
def test_no_attribute_of_any_file_is_dropped(model: str) -> None:
    raw(model, "example.json")
    for name in present(model):
        tree = raw(model, name)
        paths = samples(tree).keys()
        if tree["type"] == "Feature":
            tree = cast("dict[str, object]", tree["properties"])
        for attribute, value in tree.items():
            if attribute in NOT_DATA or "coordinates" in repr(value) or "[]" in repr(value):
                continue
            assert any(p == attribute or p.startswith(f"{attribute}.") for p in paths), (name, attribute)


def bare(node: object) -> object:
    kept = ("type", "value", "object", "unitCode", "observedAt")
    return {key: value for key, value in cast("dict[str, object]", node).items() if key in kept}


def simplified(node: object) -> object:
    """Clause 4.5.4: only the values."""
    tree = cast("dict[str, object]", node)
    return tree.get("value", tree.get("object"))


def concise(node: object) -> object:
    """Clause 4.5.2.3: no type where value or object tells it."""
    tree = cast("dict[str, object]", node)
    kept = {key: value for key, value in tree.items() if key != "type"}
    return kept["value"] if kept.keys() == {"value"} and not isinstance(kept["value"], dict) else kept


@pytest.mark.parametrize("model", folders())
def test_one_entity_in_every_representation_gives_identical_samples(model: str) -> None:
    """The representations of clause 4.5, each made from the same normalized entity."""
    tree = raw(model, "example-normalized.jsonld")
    # Without properties of properties, which the simplified representation leaves out by definition.
    attributes = {name: bare(node) for name, node in tree.items() if name not in NOT_DATA}
    head: dict[str, object] = {"id": tree["id"], "type": tree["type"]}
    expected = samples(head | attributes)
    feature: dict[str, object] = {
        "id": tree["id"],
        "type": "Feature",
        "properties": {"type": tree["type"], **attributes},
    }
    uris = {f"https://smartdatamodels.org/x/{name}": node for name, node in attributes.items()}
    made: list[object] = [
        head | {name: simplified(node) for name, node in attributes.items()},
        head | {name: concise(node) for name, node in attributes.items()},
        head | uris,
        {"@id": tree["id"], "@type": tree["type"], "@context": tree["@context"], **attributes},
        feature,
        {"type": "FeatureCollection", "features": [feature]},
        [head | attributes],
        {"id": "urn:n:1", "type": "Notification", "subscriptionId": "s", "data": [head | attributes]},
        {"metadata": {"Link": "<c>"}, "body": {"subscriptionId": "s", "data": [head | attributes]}},
    ]  # fmt: skip
    for entity in made:
        assert samples(entity) == expected
    assert len(expected) >= 4


def test_every_model_folder_was_found() -> None:
    if not MODELS.exists():
        pytest.skip("the Smart Data Models are not beside this repository")
    assert len(FOLDERS) == sum(path.is_dir() for path in Path(MODELS).iterdir()) == 16
