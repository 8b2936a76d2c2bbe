"""A site's own template is set in a process of its own, with an end to its time and its memory.

    python -m console.report.render.press TEMPLATE < page > result

The page and the result are msgpack. A template that never ends is cut off, and one that wants all memory ends alone.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import msgspec

from console.report.errors import ReportError
from console.report.render.page import Page
from console.report.render.pdf import pdf
from console.report.render.workshop import TEMPLATE

LIMIT_S = 120.0
"""Of an export; the slowest machine sets a shipped page of this size in a third of it."""
MEMORY_BYTES = 2 * 1024**3
_NOWHERE = "http://127.0.0.1:9"
_GRACE_S = 5.0


class Result(msgspec.Struct, frozen=True):
    """The file, or why there is none."""

    data: bytes = b""
    key: str = ""
    fields: dict[str, str] = msgspec.field(default_factory=dict[str, str])


def pressed(page: Page, template: Path, limit_s: float = LIMIT_S) -> bytes:
    """The PDF; the shipped template is set in this process. Raises ReportError like `pdf`, and `template_limit`."""
    if template == TEMPLATE:
        return pdf(page, template)
    # Whatever a template may find to ask for, it finds nobody.
    environ = {**os.environ, "HTTPS_PROXY": _NOWHERE, "HTTP_PROXY": _NOWHERE, "ALL_PROXY": _NOWHERE}
    root = str(Path(__file__).resolve().parents[3])
    environ["PYTHONPATH"] = os.pathsep.join(part for part in (root, environ.get("PYTHONPATH", "")) if part)
    command = [sys.executable, "-m", __name__, str(template.resolve()), str(limit_s)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environ
    ) as child:
        try:
            told, _ = child.communicate(msgspec.msgpack.encode(page), timeout=limit_s + _GRACE_S)
        except subprocess.TimeoutExpired as error:
            raise _cut(template, limit_s) from error
        finally:
            # Also when the export was cancelled meanwhile.
            child.kill()
    return _read(told, template, limit_s)


def _read(told: bytes, template: Path, limit_s: float) -> bytes:
    try:
        result = msgspec.msgpack.decode(told, type=Result)
    except msgspec.MsgspecError as error:
        # It ended without an answer: the system took it down for its time or its memory.
        raise _cut(template, limit_s) from error
    if result.key:
        raise ReportError(result.key, **result.fields)
    return result.data


def _cut(template: Path, limit_s: float) -> ReportError:
    memory = MEMORY_BYTES // 1024**2
    return ReportError("template_limit", name=str(template), seconds=f"{limit_s:g}", memory=str(memory))


def _bound(limit_s: float) -> None:
    """Where the system can, the process ends by itself even if nobody is left to end it."""
    try:
        import resource
    except ImportError:
        return
    seconds = int(limit_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (seconds * 2, seconds * 2))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _main(template: str, limit_s: str) -> None:
    page = msgspec.msgpack.decode(sys.stdin.buffer.read(), type=Page)
    _bound(float(limit_s))
    try:
        result = Result(pdf(page, Path(template)))
    except ReportError as error:
        result = Result(key=error.key, fields=error.fields)
    except OSError as error:
        result = Result(key="unwritable", fields={"name": template, "detail": error.strerror or str(error)})
    sys.stdout.buffer.write(msgspec.msgpack.encode(result))


if __name__ == "__main__":
    _main(*sys.argv[1:3])
