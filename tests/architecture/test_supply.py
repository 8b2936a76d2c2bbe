"""What is installed: pinned, hashed, from nowhere in particular, under licences the product may ship."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import Distribution, distribution, distributions

import pytest
from house import ROOT

LOCKS = ROOT / "packaging" / "requirements"
PINNED = re.compile(r"^([a-z0-9][a-z0-9.-]*)==(\S+)")
ALLOWED = re.compile(
    r"\b(MIT|BSD|Apache|Apache-2\.0|PSF|PSF-2\.0|Python Software Foundation|MPL|MPL-2\.0|Mozilla Public"
    r"|ISC|0BSD|Zlib|Unlicense|CC0|HPND)\b",
    re.IGNORECASE,
)
# Loaded as separate, replaceable libraries, as the LGPL asks.
LGPL = {"pyside6-essentials", "pyside6-addons", "shiboken6", "pyside6-qtads", "asyncua"}
# The packages say "same as the library"; the library's own file says which.
LIKE_ITS_LIBRARY = {"xstatic-leaflet": "BSD-2-Clause", "xstatic-jquery": "MIT", "atheris": "Apache-2.0"}
OURS = {"pip", "setuptools", "wheel", "uv"}


def _name(package: Distribution) -> str:
    return re.sub(r"[-_.]+", "-", package.metadata["Name"]).lower()


def _licence(package: Distribution) -> str:
    data = package.metadata
    classifiers = [line for line in data.get_all("Classifier") or [] if line.startswith("License ::")]
    texts = [*(data.get_all("License-Expression") or []), *(data.get_all("License") or [])]
    # Some paste the whole licence here; its first lines name it.
    words = [*(text[:200] for text in texts), *classifiers, LIKE_ITS_LIBRARY.get(_name(package), "")]
    return " | ".join(word for word in words if word)


@pytest.mark.parametrize("name", ["run", "dev", "installer"])
def test_every_line_of_a_lock_is_pinned_and_hashed(name: str) -> None:
    """SEC-36."""
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    assert lines
    assert [line for line in lines if not PINNED.match(line) or "--hash=sha256:" not in line] == []
    assert "://" not in text


@pytest.mark.parametrize(
    "name", ["numpy", "msgspec", "websockets", "shiboken6", "markupsafe", "cryptography", "typst"]
)
def test_a_compiled_package_is_locked_for_every_system(name: str) -> None:
    """A lock made from an incomplete index would hold the hash of one wheel and fail everywhere else."""
    text = (LOCKS / "run.txt").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith(f"{name}==")]
    assert lines
    assert [line for line in lines if line.count("--hash=") < 5] == []


def test_the_tools_run_on_exactly_what_the_program_runs_on() -> None:
    assert _pins("run") <= _pins("dev")


def _pins(name: str) -> set[str]:
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    return {match[0] for line in text.splitlines() if (match := PINNED.match(line))}


def test_every_dependency_of_the_project_is_in_the_lock() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = {re.split(r"[^A-Za-z0-9_.-]", line)[0].lower() for line in project["project"]["dependencies"]}
    assert wanted
    assert wanted <= {line.partition("==")[0] for line in _pins("run")}


def test_every_installed_package_has_a_licence_we_may_ship() -> None:
    """SEC-36."""
    odd: dict[str, str] = {}
    for package in distributions():
        name, licence = _name(package), _licence(package)
        copyleft = re.search(r"\b[AL]?GPL", licence) is not None
        fine = name in OURS or (name in LGPL if copyleft else bool(ALLOWED.search(licence)))
        if not fine:
            odd[name] = licence
    assert odd == {}


def test_qt_is_the_version_that_keeps_its_references() -> None:
    versions = {distribution(name).version for name in ("PySide6-Essentials", "PySide6-Addons", "shiboken6")}
    assert versions == {"6.11.2"}
