"""Hands the package index that pip is configured with to uv, which does not read pip's configuration.

No index is named in this program: where packages come from is the machine's business, what they contain is
fixed by the hashes of the lock file.
"""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import unquote, urlsplit

# pip's own order of strength: environment over command section over global section.
_SECTIONS = ("global", "install", ":env:")


def parse_pip_config(text: str) -> dict[str, str]:
    """Effective options out of the output of `pip config list`, without their section."""
    found: dict[str, dict[str, str]] = {section: {} for section in _SECTIONS}
    for line in text.splitlines():
        name, separator, quoted = line.partition("=")
        section, dot, option = name.partition(".")
        if not separator or not dot or section not in found:
            continue
        try:
            value: object = ast.literal_eval(quoted)
        except (ValueError, SyntaxError):
            value = quoted
        found[section][option] = str(value)
    return {option: value for section in _SECTIONS for option, value in found[section].items()}


def read_pip_config(python: str) -> dict[str, str]:
    """Effective options of pip as the given interpreter's pip sees them; empty when pip does not answer."""
    command = [python, "-m", "pip", "config", "list"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    return parse_pip_config(done.stdout) if done.returncode == 0 else {}


def _is_there(location: str) -> bool:
    """False only for a local folder that does not exist: pip ignores those, uv stops at them."""
    parts = urlsplit(location)
    if parts.scheme == "file":
        return Path(unquote(parts.path)).exists()
    return bool(parts.scheme and parts.netloc) or Path(location).expanduser().exists()


def _present(value: str) -> list[str]:
    return [location for location in value.split() if _is_there(location)]


def _absolute(location: str) -> str:
    return location if "://" in location else str(Path(location).expanduser().resolve())


def uv_environment(pip: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, str]:
    """Variables to add for uv, so that it looks where pip would; what the user set for uv himself stays."""
    wanted: dict[str, str] = {
        # pip takes the best file of all its indexes; every file is pinned by hash, so this opens no door.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
        "UV_NO_PROGRESS": "1",
    }
    if "index-url" in pip:
        wanted["UV_DEFAULT_INDEX"] = pip["index-url"]
    extra = _present(pip.get("extra-index-url", ""))
    if extra:
        wanted["UV_INDEX"] = " ".join(extra)
    links = [_absolute(location) for location in _present(pip.get("find-links", ""))]
    if links:
        wanted["UV_FIND_LINKS"] = ",".join(links)
    if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        wanted["UV_NO_INDEX"] = "1"
    if "trusted-host" in pip:
        wanted["UV_INSECURE_HOST"] = " ".join(pip["trusted-host"].split())
    if "cert" in pip:
        wanted["SSL_CERT_FILE"] = pip["cert"]
    if "proxy" in pip:
        wanted["HTTPS_PROXY"] = wanted["HTTP_PROXY"] = pip["proxy"]
    seconds = pip.get("timeout", pip.get("default-timeout", ""))
    if seconds.isdigit():
        wanted["UV_HTTP_TIMEOUT"] = seconds
    return {name: value for name, value in wanted.items() if not environ.get(name)}
