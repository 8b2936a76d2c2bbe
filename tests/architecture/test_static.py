"""The static tools, one test each, so that their verdict counts in the one summary line."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TOOLS = Path(sys.executable).parent


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode != 0:
        pytest.fail(f"{done.stdout}\n{done.stderr}".strip(), pytrace=False)


def test_ruff_finds_nothing() -> None:
    _run(str(TOOLS / "ruff"), "check", "--quiet", ".")


def test_ruff_would_format_nothing() -> None:
    _run(str(TOOLS / "ruff"), "format", "--check", "--quiet", ".")


def test_every_import_follows_the_arrows() -> None:
    _run(str(TOOLS / "lint-imports"), "--no-cache")


@pytest.mark.timeout(600)
def test_pyright_is_content() -> None:
    _run(str(TOOLS / "pyright"))
