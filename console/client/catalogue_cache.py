"""Site profiles kept on disk by digest, so that a known site is on the screen as soon as the hub names it."""

from __future__ import annotations

import logging
import os
import re
from pathlib import Path

import msgspec

from console.core.site import Site

log = logging.getLogger("link")

_KEPT = 8
_DIGEST = re.compile(r"[0-9A-Za-z_-]{8,128}")


class CatalogueCache:
    """Files `site-<digest>.msgpack` in one folder; without a folder nothing is kept."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    def load(self, digest: str) -> Site | None:
        """The site of a digest, None when it is not kept or cannot be read."""
        path = self._path(digest)
        if path is None or not path.exists():
            return None
        try:
            return msgspec.msgpack.decode(path.read_bytes(), type=Site)
        except (OSError, msgspec.DecodeError) as error:
            log.info("kept site %s cannot be read: %s", path.name, error)
            return None

    def save(self, digest: str, site: Site) -> None:
        """Keep a site; the oldest ones go."""
        path = self._path(digest)
        if path is None or self._folder is None:
            return
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            fresh = path.with_suffix(f".{os.getpid()}.tmp")
            fresh.write_bytes(msgspec.msgpack.encode(site))
            fresh.replace(path)
            for old in sorted(self._folder.glob("site-*.msgpack"), key=_age)[:-_KEPT]:
                old.unlink(missing_ok=True)
        except OSError as error:
            log.info("site cannot be kept: %s", error)

    def _path(self, digest: str) -> Path | None:
        # The digest comes from the network and must not become a path of its own.
        if self._folder is None or not _DIGEST.fullmatch(digest):
            return None
        return self._folder / f"site-{digest}.msgpack"


def _age(path: Path) -> float:
    return path.stat().st_mtime
