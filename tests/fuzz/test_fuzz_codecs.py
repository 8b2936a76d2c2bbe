"""Every codec of the feeds meets bytes that nobody thought of: no crash, no hang, no unbounded memory.

Twenty seconds each; `GWANJE_FUZZ_S` gives them more or less. What is found is kept beside the output and printed.
"""

from __future__ import annotations

import importlib.util
import os
import random
import subprocess
import sys
from collections.abc import Generator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE))

from codec_targets import TARGETS  # noqa: E402 - its folder is not a package

from console.feeds.registry import OWN  # noqa: E402

Run = tuple[int, str, list[tuple[str, bytes]]]
_TORN = 2_000
SECONDS = int(os.environ.get("GWANJE_FUZZ_S", "20"))
COVERED = {
    "mqtt": "mqtt_decoders",
    "sparkplug": "sparkplug",
    "ngsi_ld": "ngsi_ld",
    "signal_k": "signal_k",
    "ais": "ais",
    "onem2m": "onem2m",
    "opcua": "opcua",
    "rest": "rest",
    "json_ws": "json_ws",
    "columns": "columns",
    "replay": "shared",
}


def test_every_room_has_its_codec_here() -> None:
    assert set(COVERED) == set(OWN)
    assert set(COVERED.values()) | {"mqtt_wire"} == set(TARGETS)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_understood_and_torn_seeds_are_refused(name: str) -> None:
    """The quick part, also where atheris cannot be installed: 2,000 seeds with some bytes changed, cut or doubled."""
    codec, chance, met = TARGETS[name].codec(), random.Random(name), 0
    for seed in TARGETS[name].seeds:
        codec(seed)
    for _ in range(_TORN):
        torn = bytearray(chance.choice(TARGETS[name].seeds))
        for _ in range(chance.randint(1, 5)):
            at = chance.randrange(len(torn) + 1)
            torn[at : at + chance.choice((0, 1, 1, 4))] = chance.randbytes(chance.choice((0, 1, 1, 3)))
        codec(bytes(torn))
        met += 1
    assert met == _TORN


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Generator[dict[str, Future[Run]]]:
    """Every target in a process of its own, two at a time: the gate has two cores, and nothing else is left to do."""
    with ThreadPoolExecutor(2) as pool:
        yield {name: pool.submit(_fuzzed, name, tmp_path_factory.mktemp(name)) for name in TARGETS}


def _fuzzed(name: str, folder: Path) -> Run:
    """Exit code, last words, and what was found as file names and bytes."""
    corpus = folder / "corpus"
    corpus.mkdir()
    words = [sys.executable, str(HERE / "fuzz_one.py"), name, str(SECONDS), str(corpus)]
    done = subprocess.run(words, capture_output=True, timeout=SECONDS + 100, check=False)
    found = [(path.name, path.read_bytes()[:400]) for path in folder.iterdir() if path.is_file()]
    return done.returncode, done.stderr.decode(errors="replace")[-6_000:], found


@pytest.mark.timeout(SECONDS * len(TARGETS) + 200)
@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None, reason="atheris has no wheel for this system"
)
@pytest.mark.parametrize("name", TARGETS)
def test_a_codec_survives_any_bytes(name: str, runs: dict[str, Future[Run]]) -> None:
    code, told, found = runs[name].result()
    assert code == 0, f"{found}\n{told}"
    assert "number_of_executed_units" in told
