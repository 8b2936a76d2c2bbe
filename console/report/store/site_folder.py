"""The site of a profile folder, without the adapters and addresses that only a hub can judge."""

from __future__ import annotations

from pathlib import Path

from console.core.errors import ProfileErrors
from console.core.profile.parse import parse_site
from console.core.site import Site
from console.keep.sites import bare
from console.report.errors import ReportError

_MAX_BYTES = 16 * 1024 * 1024
_PATTERNS = ("*.toml", "assets.csv", "relations.csv", "types/*.toml")


def read_site(folder: Path) -> Site:
    """Raises ReportError `bad_site` with the first fault."""
    files: dict[str, str] = {}
    for path in sorted(p for pattern in _PATTERNS for p in folder.glob(pattern) if p.is_file()):
        name = path.relative_to(folder).as_posix()
        try:
            if path.stat().st_size > _MAX_BYTES:
                raise ReportError("bad_site", name=f"{folder / name}", detail=f"> {_MAX_BYTES} B")
            files[name] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            raise ReportError("bad_site", name=f"{folder / name}", detail=str(error)) from error
    try:
        return bare(parse_site(files))
    except ProfileErrors as errors:
        raise ReportError("bad_site", name=str(folder), detail=str(errors.faults[0])) from errors
