"""The repository as the architecture tests see it: its files, its Python modules, their syntax trees."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ("main.py", "console", "widgets", "maps", "resources", "packaging")


@cache
def kept_files() -> tuple[Path, ...]:
    """Files that are or will be committed, as paths relative to the root."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listing = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True).stdout
    paths = (Path(name) for name in listing.split("\0") if name)
    return tuple(sorted(path for path in paths if (ROOT / path).is_file()))


def python_files(*roots: str) -> list[Path]:
    """Python files below the roots (all without roots), relative to the repository."""
    chosen = [path for path in kept_files() if path.suffix == ".py"]
    return [path for path in chosen if not roots or path.parts[0] in roots]


@cache
def source(path: Path) -> str:
    """Text of a file of the repository."""
    return (ROOT / path).read_text(encoding="utf-8")


@cache
def tree(path: Path) -> ast.Module:
    """Syntax tree of a Python file of the repository."""
    return ast.parse(source(path), filename=str(path))


def module_name(path: Path) -> str:
    """Dotted name of a Python file."""
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name of everything a file imports; `from a import b` gives `a` and `a.b`."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.lineno, node.module
            for alias in node.names:
                yield node.lineno, f"{node.module}.{alias.name}"


def is_within(name: str, room: str) -> bool:
    """True for the room itself and everything in it."""
    return name == room or name.startswith(f"{room}.")
