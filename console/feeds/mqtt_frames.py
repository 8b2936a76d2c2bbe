"""Messages of a broker as frames of a tap and of a recording, and back; pure."""

from __future__ import annotations

from console.feeds.mqtt_wire import Message, Properties
from console.feeds.tap import Frames, about_of, read_about


def show_message(frames: Frames, message: Message) -> None:
    """Put a message where raw frames go."""
    if frames.wanted:
        frames(message.payload, message_about(message))


def message_about(message: Message) -> str:
    """The topic, and what besides the payload a decoder may read."""
    facts = [("retain", "yes")] if message.retain else []
    facts += [(f"user:{name}", value) for name, value in message.properties.user]
    return about_of(message.topic, *facts)


def message_of(data: bytes | str, about: str) -> Message:
    """The message that a frame was."""
    topic, facts = read_about(about)
    user = [(name[5:], value) for name, value in facts if name.startswith("user:")]
    payload = data if isinstance(data, bytes) else data.encode()
    return Message(topic, payload, retain=("retain", "yes") in facts, properties=Properties(user=tuple(user)))
