"""What is committed knows nothing of the machine it was written on, nor of a package index."""

from __future__ import annotations

import re

from house import ROOT, kept_files

TEXT = {
    ".py", ".toml", ".txt", ".md", ".in", ".csv", ".json", ".geojson", ".js", ".css", ".html", ".svg", ".cfg",
    ".yml", ".yaml", ".ini", ".sh", ".typ", ".spec", "",
}  # fmt: skip

# Written in halves, so that this file does not contain what it looks for.
INDEX_HOSTS = (
    "pypi" + ".org",
    "files.python" + "hosted",
    "registry.npm" + "js",
    "proxy.golang" + ".org",
    "crates" + ".io",
)
MACHINE_PATHS = (
    "/wo" + "rk/",
    "/ro" + "ot/",
    "/home" + "/",
    "/Us" + "ers/",
    "/opt/" + "pypi",
    "/opt/" + "wheels",
    "/tmp/" + "br",
)
OTHER_VOICES = (
    r"\bcla" + r"ude\b", r"\banthro" + r"pic\b", r"\bchat" + r"gpt\b", r"\bco" + r"pilot\b",
    r"\bllm" + r"s?\b", r"\bsub-?ag" + r"ent\b", r"\bthis ses" + r"sion's\b", r"\bBRIEF" + r"\.md\b",
    r"as an a" + r"i\b",
)  # fmt: skip
UNFINISHED = ("TO" + "DO", "FIX" + "ME", "XX" + "X:")


def _lines() -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for path in kept_files():
        if path.suffix in TEXT and (ROOT / path).stat().st_size < 5_000_000:
            text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
            found += [(f"{path}:{number}", line) for number, line in enumerate(text.splitlines(), start=1)]
    assert len(found) > 1000, "the files were not read"
    return found


def _holding(*words: str) -> list[str]:
    return [f"{place} {word}" for place, line in _lines() for word in words if word in line]


def test_no_package_index_is_named() -> None:
    assert _holding(*INDEX_HOSTS) == []


def test_no_path_of_somebodys_machine_is_written_down() -> None:
    # A URL path or a pattern may hold the same letters: only what begins there counts.
    pattern = re.compile(r"(?<![\w.\-}])(" + "|".join(re.escape(path) for path in MACHINE_PATHS) + ")")
    assert [place for place, line in _lines() if pattern.search(line)] == []


def test_files_speak_of_the_program_and_not_of_how_they_came_to_be() -> None:
    pattern = re.compile("|".join(OTHER_VOICES), re.IGNORECASE)
    assert [place for place, line in _lines() if pattern.search(line)] == []


def test_nothing_is_left_unfinished() -> None:
    assert _holding(*UNFINISHED) == []


def test_no_source_is_pasted_from_a_copyleft_project() -> None:
    words = ("GNU General " + "Public License", "GNU Affero " + "General")
    assert _holding(*words) == []
