"""System libraries the wheels do not bring: which are missing, and the one apt-get line that adds them."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Need = Literal["console", "test"]

PACKAGES: dict[str, str] = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libGLX.so.0": "libglx0",
    "libOpenGL.so.0": "libopengl0",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libXcomposite.so.1": "libxcomposite1",
    "libXdamage.so.1": "libxdamage1",
    "libXext.so.6": "libxext6",
    "libXfixes.so.3": "libxfixes3",
    "libXrandr.so.2": "libxrandr2",
    "libXrender.so.1": "libxrender1",
    "libXtst.so.6": "libxtst6",
    "libasound.so.2": "libasound2",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdrm.so.2": "libdrm2",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgbm.so.1": "libgbm1",
    "libgio-2.0.so.0": "libglib2.0-0",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgmodule-2.0.so.0": "libglib2.0-0",
    "libgobject-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libnspr4.so": "libnspr4",
    "libnss3.so": "libnss3",
    "libnssutil3.so": "libnss3",
    "libplc4.so": "libnspr4",
    "libplds4.so": "libnspr4",
    "libsmime3.so": "libnss3",
    "libpulse.so.0": "libpulse0",
    "libpulse-mainloop-glib.so.0": "libpulse-mainloop-glib0",
    "libstdc++.so.6": "libstdc++6",
    "libudev.so.1": "libudev1",
    "libwayland-client.so.0": "libwayland-client0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-dri3.so.0": "libxcb-dri3-0",
    "libxcb-glx.so.0": "libxcb-glx0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libxkbfile.so.1": "libxkbfile1",
    "libz.so.1": "zlib1g",
}
"""Debian 12 package of each library that the checked files link to."""

T64 = {"libasound2": "libasound2t64", "libglib2.0-0": "libglib2.0-0t64"}
"""Names since the 64-bit time transition: Debian 13 and Ubuntu 24.04."""

FONT_PACKAGE = "fonts-noto-cjk"
XVFB_PACKAGE = "xvfb"

# What the console loads: these link to everything the other Qt files here link to.
_CHECKED = (
    "Qt/lib/libQt6Widgets.so.6",
    "Qt/lib/libQt6WebEngineCore.so.6",
    "Qt/lib/libQt6Multimedia.so.6",
    "Qt/libexec/QtWebEngineProcess",
    "Qt/plugins/platforms/libqxcb.so",
    "Qt/plugins/xcbglintegrations/libqxcb-glx-integration.so",
    "Qt/plugins/xcbglintegrations/libqxcb-egl-integration.so",
)
_FONT_FILES = re.compile(
    r"(NotoSans(Mono)?(CJK|KR)|SourceHanSans|Nanum|Pretendard|malgun|D2Coding|Unifont)", re.IGNORECASE
)
_FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")


@dataclass(frozen=True)
class Lack:
    """What is missing: apt packages, and libraries nobody here knows the package of."""

    packages: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.packages or self.unknown)


def parse_ldd(text: str) -> set[str]:
    """Names of the libraries that `ldd` did not find."""
    return set(re.findall(r"^\s*(\S+)\s+=>\s+not found", text, re.MULTILINE))


def missing_libraries(folder: Path) -> set[str]:
    """Libraries missing for the PySide6 package in `folder`; empty where there is no `ldd` to ask."""
    ldd = shutil.which("ldd")
    if ldd is None or not sys.platform.startswith("linux"):
        return set()
    files = [str(folder / name) for name in _CHECKED if (folder / name).exists()]
    if not files:
        return set()
    # One file at a time: ldd's answer for several stops at the first it cannot read.
    found: set[str] = set()
    for file in files:
        done = subprocess.run([ldd, file], capture_output=True, text=True, check=False)
        found |= parse_ldd(done.stdout)
    return {name for name in found if not name.startswith("libQt6")}


def parse_os_release(text: str) -> dict[str, str]:
    """Fields of /etc/os-release."""
    pairs = (line.partition("=") for line in text.splitlines() if "=" in line)
    return {name.strip(): value.strip().strip("\"'") for name, _, value in pairs}


def has_t64_names(release: Mapping[str, str]) -> bool:
    """True on a release whose libraries carry the t64 suffix."""
    number = release.get("VERSION_ID", "")
    try:
        version = float(number)
    except ValueError:
        return False
    family = {release.get("ID", ""), *release.get("ID_LIKE", "").split()}
    if "ubuntu" in family:
        return version >= 24.04
    return release.get("ID") == "debian" and version >= 13


def read_os_release(path: Path = Path("/etc/os-release")) -> dict[str, str]:
    """Fields of this machine's os-release; empty when it has none."""
    try:
        return parse_os_release(path.read_text(encoding="utf-8"))
    except OSError:
        return {}


def has_korean_font(folders: Iterable[str] = _FONT_FOLDERS) -> bool:
    """True when a font file known to hold Hangul is installed; other systems than Linux always have one."""
    if not sys.platform.startswith("linux"):
        return True
    roots = (Path(folder).expanduser() for folder in folders)
    return any(
        _FONT_FILES.search(path.name) for root in roots if root.is_dir() for path in root.rglob("*.[ot]t[cf]")
    )


def lack_of(libraries: Iterable[str], extra: Iterable[str], release: Mapping[str, str]) -> Lack:
    """Packages of the missing libraries and extra packages under the names this release uses."""
    names = sorted(set(libraries))
    packages = {PACKAGES[name] for name in names if name in PACKAGES} | set(extra)
    if has_t64_names(release):
        packages = {T64.get(package, package) for package in packages}
    return Lack(tuple(sorted(packages)), tuple(name for name in names if name not in PACKAGES))


def find_lack(pyside: Path, need: Need) -> Lack:
    """What this machine lacks for the console or for the tests."""
    extra = [] if has_korean_font() else [FONT_PACKAGE]
    if need == "test" and sys.platform.startswith("linux") and shutil.which("Xvfb") is None:
        extra.append(XVFB_PACKAGE)
    return lack_of(missing_libraries(pyside), extra, read_os_release())


def is_root() -> bool:
    """True for the super-user of a POSIX system."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def apt_line(packages: Iterable[str], *, root: bool, fresh_lists: bool = True) -> str:
    """The exact line to type; a machine that never fetched its package lists needs them first."""
    sudo = "" if root else "sudo "
    update = "" if fresh_lists else f"{sudo}apt-get update && "
    return f"{update}{sudo}apt-get install -y --no-install-recommends {' '.join(packages)}"


def has_package_lists(folder: Path = Path("/var/lib/apt/lists")) -> bool:
    """True when apt knows any package."""
    return any(folder.glob("*_Packages*")) if folder.is_dir() else False


def fix_for(lack: Lack) -> str:
    """The apt-get line for this machine and user."""
    return apt_line(lack.packages, root=is_root(), fresh_lists=has_package_lists())
