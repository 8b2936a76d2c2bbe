"""Every room is in the contracts that import-linter checks, so that a new one cannot stand outside them."""

from __future__ import annotations

import re
import tomllib
from typing import Any

import pytest
from house import ROOT

PYPROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS: dict[str, dict[str, Any]] = {
    contract["id"]: contract for contract in PYPROJECT["tool"]["importlinter"]["contracts"]
}


def _rooms(folder: str) -> set[str]:
    place = ROOT / folder
    packages = {path.parent.name for path in place.glob("*/__init__.py")}
    modules = {path.stem for path in place.glob("*.py")} - {"__init__"}
    return packages | modules


def _listed(contract: str) -> set[str]:
    layers = " ".join(CONTRACTS[contract]["layers"])
    return set(re.findall(r"[\w.]+", layers))


@pytest.mark.parametrize(("folder", "contract"), [("console", "rooms"), ("widgets", "widget-rooms")])
def test_every_room_has_its_place_in_the_layers(folder: str, contract: str) -> None:
    assert _rooms(folder) - _listed(contract) == set()


def test_every_top_level_package_is_checked() -> None:
    roots = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert roots == set(PYPROJECT["tool"]["importlinter"]["root_packages"])


def test_rooms_without_qt_are_all_in_the_contract_that_forbids_it() -> None:
    with_qt = {"desk", "app"}
    forbidden = {name.removeprefix("console.") for name in CONTRACTS["no-qt"]["source_modules"]}
    assert _rooms("console") - with_qt - forbidden == set()


def test_ignored_imports_are_only_the_bridge() -> None:
    ignored = [line for contract in CONTRACTS.values() for line in contract.get("ignore_imports", [])]
    assert ignored == ["console.desk.bridge -> asyncio"]
