"""Writes the hashed lock files from pyproject.toml: `.venv/bin/python packaging/lock.py [--upgrade]`.

The versions in the present locks stay unless --upgrade is given. Like the set-up it takes the package index
from pip's configuration, and writes no address into the files.
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


def compile_lock(name: str, *words: str) -> None:
    """Write one lock file."""
    environ = dict(os.environ) | uv_environment(read_pip_config(sys.executable), os.environ)
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
