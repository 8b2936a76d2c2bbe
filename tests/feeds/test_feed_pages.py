"""The pages about feeds: both languages, and every example in them is a feed that the adapters accept."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from house import ROOT

from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.registry import OWN, Registry

OTHERS = ("plugins.", "robustness.")
PAGES = sorted(path for path in (ROOT / "docs/feeds").glob("*.md") if not path.name.startswith(OTHERS))
URLS = {
    "cloudevents": "wss://events.example/",
    "thingsboard": "wss://board.example/api/ws",
    "ditto": "wss://d.example/ws/2",
}


def examples(page: Path) -> list[dict[str, Any]]:
    """TOML blocks of a page; a block of options alone becomes a feed of the page's adapter."""
    blocks = re.findall(r"```toml\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)
    found: list[dict[str, Any]] = []
    for block in blocks:
        if "[[feed]]" in block:
            found += tomllib.loads(block)["feed"]
        elif block.startswith("[feed.options]"):
            options = tomllib.loads(block)["feed"]["options"]
            adapter = page.name.partition(".")[0]
            url = URLS.get(options.get("preset", ""), "wss://source.example/")
            found.append({"id": "page", "adapter": adapter, "url": url, "options": options})
    return found


def test_every_page_is_there_in_both_languages_with_the_same_examples() -> None:
    names = {page.name.split(".")[0] for page in PAGES}
    assert names == set(OWN)
    for name in names:
        told = [examples(ROOT / f"docs/feeds/{name}.{lang}.md") for lang in ("ko", "en")]
        assert told[0] == told[1], name


@pytest.mark.parametrize("name", sorted({page.name.split(".")[0] for page in PAGES}))
def test_every_example_is_a_feed(name: str) -> None:
    made = [
        Registry(found=()).make(
            FeedDef(
                id=one["id"],
                adapter=one["adapter"],
                url=one["url"],
                label=Text("가", "a"),
                options=one.get("options", {}),
            )
        )
        for one in examples(ROOT / f"docs/feeds/{name}.en.md")
    ]
    assert made
