"""Every page about a feed stands in both languages, and its example is one that works."""

from __future__ import annotations

import re
import tomllib
from typing import Any, cast

import pytest
from house import ROOT

from console.core.site import FeedDef
from console.core.words import Text
from console.feeds.registry import OWN, Registry

PAGES = sorted((ROOT / "docs/feeds").glob("*.md"))
_EXAMPLE = re.compile(r"```toml\n(.*?)```", re.DOTALL)


def feeds(text: str) -> list[dict[str, Any]]:
    """Feeds in the examples of a page."""
    found: list[dict[str, Any]] = []
    for example in cast("list[str]", _EXAMPLE.findall(text)):
        found += tomllib.loads(example).get("feed", [])
    return found


def test_a_page_in_one_language_is_there_in_the_other() -> None:
    names = {path.name.removesuffix(".ko.md").removesuffix(".en.md") for path in PAGES}
    assert {path.name for path in PAGES} == {f"{name}.{lang}.md" for name in names for lang in ("ko", "en")}
    assert {"mqtt", "sparkplug"} <= names


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_an_example_is_taken_by_its_adapter(page: Any) -> None:
    """Options are known, addresses are whole; both languages show the same."""
    shown = feeds(page.read_text(encoding="utf-8"))
    for one in shown:
        feed = FeedDef(
            id=one["id"],
            adapter=one["adapter"],
            url=one["url"],
            label=Text(**one["label"]),
            options=one.get("options", {}),
        )
        assert feed.adapter in OWN
        assert Registry(found=()).make(feed) is not None
    other = "en" if page.name.endswith(".ko.md") else "ko"
    twin = page.with_name(page.name.replace(f".{page.name.split('.')[-2]}.", f".{other}."))
    assert feeds(twin.read_text(encoding="utf-8")) == shown
    if page.name.split(".")[0] in ("mqtt", "sparkplug"):
        assert shown
