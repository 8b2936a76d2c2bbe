"""The AsyncAPI document is made from the messages and is not stale."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, get_args

from console.wire.asyncapi import document, rendered
from console.wire.messages import ToConsole, ToHub

DOCUMENT = Path(__file__).parents[2] / "docs" / "protocol.json"


def test_the_document_in_docs_is_what_the_messages_say() -> None:
    """If this fails, write it anew as the first lines of `console/wire/asyncapi.py` say."""
    assert DOCUMENT.read_text("utf-8") == rendered()


def test_every_message_and_frame_is_in_it() -> None:
    found = document()
    names = {kind.__name__ for kind in (*get_args(ToHub), *get_args(ToConsole))}
    frames = {"telemetry_frame", "positions_frame", "history_frame"}
    assert set(found["components"]["messages"]) == names | frames
    received = {ref["$ref"].rpartition("/")[2] for ref in found["operations"]["fromConsole"]["messages"]}
    assert received == {kind.__name__ for kind in get_args(ToHub)}


def test_every_reference_leads_somewhere() -> None:
    found = document()
    text = json.dumps(found)
    references = {part.split('"')[0] for part in text.split('"$ref": "')[1:]}
    assert references
    for reference in references:
        node: Any = found
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert node
