"""Commands as JSON written by a template of the profile; pure."""

from __future__ import annotations

import json
import re

from console.feeds.base import DeviceCommand

_PLACE = re.compile(r"\{(id|source|path|value|test)\}")


def check_template(template: str) -> None:
    """Raises ValueError unless the template is JSON once its places are filled."""
    try:
        for value in (1.0, "word"):
            json.loads(write_command(template, DeviceCommand("id", "source", "path", value)))
    except json.JSONDecodeError as error:
        raise ValueError(f"command_frame is not JSON at {error.pos}") from None


def knows_tests(template: str) -> bool:
    """Whether a command written by this template tells a test from an order."""
    return "{test}" in template


def write_command(template: str, command: DeviceCommand) -> str:
    """The template with `{id}`, `{source}`, `{path}`, `{value}` and `{test}` replaced, each by its JSON encoding."""
    value = command.value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    fields = {
        "id": command.command_id,
        "source": command.source,
        "path": command.path,
        "value": value,
        "test": command.test,
    }
    return _PLACE.sub(lambda place: json.dumps(fields[place[1]], ensure_ascii=False), template)
