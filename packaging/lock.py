"""Writes the hashed lock files from pyproject.toml: `.venv/bin/python packaging/lock.py [--upgrade]`.

The versions in the present locks stay unless --upgrade is given. Like the set-up it takes the package index
from pip's configuration, and writes no address into the files. Folders of this machine are left out: they
hold some of a release's files, and the lock needs the hashes of all, for every Python and system.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCKS = ROOT / "packaging" / "requirements"

sys.path.insert(0, str(ROOT))

from console.setup.pipconfig import read_pip_config, uv_environment  # noqa: E402 - after the path is known

COMMON = (
    "pip", "compile", "--quiet", "--universal", "--python-version=3.11", "--generate-hashes", "--no-header",
    "--no-annotate", "--no-emit-index-url", "--no-emit-find-links",
)  # fmt: skip


def whole_indexes_only(pip: dict[str, str]) -> dict[str, str]:
    """pip's options without the folders of this machine."""
    remote = [place for place in pip.get("extra-index-url", "").split() if not place.startswith("file:")]
    kept = {option: value for option, value in pip.items() if option not in {"find-links", "extra-index-url"}}
    return {**kept, "extra-index-url": " ".join(remote)} if remote else kept


def compile_lock(name: str, *words: str) -> None:
    """Write one lock file."""
    pip = whole_indexes_only(read_pip_config(sys.executable))
    environ = dict(os.environ) | uv_environment(pip, os.environ)
    uv = str(Path(sys.executable).with_name("uv"))
    command = [uv, *COMMON, *sys.argv[1:], "-o", str(LOCKS / f"{name}.txt"), *words]
    subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.DEVNULL)
    print(f"{name}: {(LOCKS / f'{name}.txt').read_text(encoding='utf-8').count('==')} packages")


def main() -> None:
    """All three: what runs, what also tests, what installs."""
    compile_lock("run", "pyproject.toml")
    # What tests must be what runs: the tools bend to the versions of the program.
    compile_lock("dev", "pyproject.toml", "--group", "dev", "--constraint", str(LOCKS / "run.txt"))
    compile_lock("installer", str(LOCKS / "installer.in"))


if __name__ == "__main__":
    main()
