"""What a device says of a command beyond Sparkplug: a metric of its own in which it tells why it does not obey; pure.

Sparkplug knows no refusal: a node that does not obey reports nothing. Devices that want to tell write JSON into a
text metric, and know from properties of the command which one they answer and whether it was only a test.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from console.core.errors import DecodeError
from console.core.site import FeedDef
from console.feeds.answer_shape import AnswerShape, answer_words, read_answer
from console.feeds.base import DeviceAnswer, DeviceCommand, Reading
from console.feeds.json_guard import load_object
from console.feeds.json_paths import find
from console.feeds.options import Options

REPLY_OPTIONS = frozenset(
    {
        "answer_metric", "answer_id_path", "answer_path", "answer_detail_path", "answer_test_path",
        "answer_words", "id_property", "test_property",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplyShape:
    """How devices of a feed reply."""

    metric: str = ""
    """Name of the text metric; empty: they do not."""
    id_path: str = "id"
    id_property: str = "Id"
    """Property of a command's metric that carries its id."""
    test_property: str = ""
    """Property that is true for a test; empty: a test cannot be told from an order."""
    answer: AnswerShape = field(default_factory=AnswerShape)

    @property
    def knows_tests(self) -> bool:
        """Whether a test can be said and its answer heard."""
        return bool(self.metric and self.test_property)

    def told(self, command: DeviceCommand) -> tuple[tuple[str, str | bool], ...]:
        """Properties of a command."""
        if not self.metric:
            return ()
        own: tuple[tuple[str, str | bool], ...] = ((self.id_property, command.command_id),)
        return (*own, (self.test_property, True)) if command.test else own


def read_reply(row: Reading, shape: ReplyShape) -> tuple[str, DeviceAnswer] | None:
    """Command id and answer, None for a row that is no reply. Raises DecodeError for one that says nothing known."""
    if not shape.metric or row.path != shape.metric or not isinstance(row.value, str) or not row.value:
        return None
    tree = load_object(row.value)
    request = find(shape.id_path, tree, tree)
    if not isinstance(request, str):
        raise DecodeError(shape.id_path, "missing")
    return request, read_answer(tree, shape.answer)


def reply_shape(feed: FeedDef, options: Options) -> ReplyShape:
    """Options of a feed. Raises ValueError naming the one at fault."""
    words, causes = answer_words(feed, options)
    shape = ReplyShape(
        metric=options.text("answer_metric"),
        id_path=options.text("answer_id_path", "id"),
        id_property=options.text("id_property", "Id"),
        test_property=options.text("test_property"),
        answer=AnswerShape(
            path=options.text("answer_path", "result"),
            detail_path=options.text("answer_detail_path"),
            words=words,
            causes=causes,
            test_path=options.text("answer_test_path"),
        ),
    )
    if shape.test_property and not shape.answer.test_path:
        raise ValueError(f"{feed.id}: option answer_test_path is missing: a test must be answered as one")
    return shape
