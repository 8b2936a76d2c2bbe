"""Options of a oneM2M feed; pure. A fault is a ValueError naming feed and option."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import tzinfo
from urllib.parse import urlsplit

from console.core.site import FeedDef
from console.feeds.answer_shape import AnswerShape, answer_words
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options
from console.feeds.options import Options
from console.feeds.socket import SocketOptions, socket_options
from console.feeds.templates import check_template

_OWN = frozenset(
    {
        "transport", "cse", "cse_id", "ae", "ae_name", "register", "release", "notify", "receive", "reached_at",
        "subscription", "check_s", "latest", "command_frame", "answer_container", "answer_id_path", "answer_path",
        "answer_detail_path", "answer_progress_path", "answer_words", "answer_test_path",
    }
)  # fmt: skip
_RELEASES = frozenset({"1", "2", "2a", "3", "4", "5"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where notifications of a CSE are received that dials out for each."""

    host: str
    port: int
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandShape:
    """How commands are written and where devices answer them."""

    frame: str = ""
    """JSON with the places of `templates`; empty: the value, below its leaf if the path has one."""
    answers: str = ""
    """Container below the source in which devices answer; empty: none, the platform's word is the last."""
    id_path: str = ""
    shape: AnswerShape = field(default_factory=AnswerShape)


@dataclass(frozen=True, slots=True, kw_only=True)
class OneM2MOptions:
    """How a CSE is reached and asked; times in seconds."""

    feed: str
    link: SocketOptions | LinkOptions
    base: str
    """Address of the CSE's base, such as `cse-in` or `Mobius`."""
    cse_id: str
    """Its id without a slash, a level of topics."""
    ae: str
    """Our own id, the originator of every request."""
    ae_name: str
    register: bool = True
    release: str = "3"
    notify: str = ""
    """Where subscriptions point to; empty: to us by our id."""
    reached_at: tuple[str, ...] = ()
    """Where we say that we can be reached; empty: at the broker, or on our connection."""
    receive: Address | None = None
    subscription: str = "gwanje"
    """Name of our subscription in each container."""
    check_s: float = 60.0
    """How often it is looked whether the subscriptions are still there; 0 never."""
    latest: bool = True
    """Read the latest value of each container at the start."""
    zone: tzinfo | None = None
    command: CommandShape = field(default_factory=CommandShape)

    @property
    def frame_limit(self) -> int:
        """Largest primitive that is read, in bytes."""
        return self.link.frame_limit


def onem2m_options(feed: FeedDef) -> OneM2MOptions:
    """Options of a feed."""
    scheme = urlsplit(feed.url).scheme
    options = Options(feed, _OWN | LINK_OPTIONS)
    transport = options.text("transport", "mqtt" if scheme in ("mqtt", "mqtts") else "websocket")
    if transport not in ("websocket", "mqtt"):
        raise ValueError(f"{feed.id}: option transport must be websocket or mqtt")
    release = options.text("release", "3")
    if release not in _RELEASES:
        raise ValueError(f"{feed.id}: option release must be one of {', '.join(sorted(_RELEASES))}")
    base = _needed(feed, options, "cse")
    return OneM2MOptions(
        feed=feed.id,
        link=link_options(feed, options) if transport == "mqtt" else socket_options(feed, options),
        base=base,
        cse_id=options.text("cse_id", base).lstrip("/"),
        ae=_needed(feed, options, "ae"),
        ae_name=options.text("ae_name", "gwanje"),
        register=options.flag("register", True),
        release=release,
        notify=options.text("notify"),
        reached_at=options.words("reached_at"),
        receive=_address(feed, options),
        subscription=options.text("subscription", "gwanje"),
        check_s=options.number("check_s", 60.0),
        latest=options.flag("latest", True),
        zone=options.zone(),
        command=_command(feed, options),
    )


def _needed(feed: FeedDef, options: Options, name: str) -> str:
    value = options.text(name)
    if not value or any(letter in value for letter in "+# \0"):
        raise ValueError(f"{feed.id}: option {name} is missing or not an id")
    return value


def _address(feed: FeedDef, options: Options) -> Address | None:
    written = options.text("receive")
    if not written:
        return None
    try:
        parts = urlsplit(written)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or port is None or urlsplit(written).scheme != "ws":
        raise ValueError(f"{feed.id}: option receive must be ws://host:port/path to listen on")
    if not options.text("notify"):
        raise ValueError(
            f"{feed.id}: option notify is missing: where the CSE finds what listens at {written}"
        )
    return Address(host=host, port=port, path=urlsplit(written).path or "/")


def _command(feed: FeedDef, options: Options) -> CommandShape:
    words, causes = answer_words(feed, options)
    frame = options.text("command_frame")
    if frame:
        try:
            check_template(frame)
        except ValueError:
            raise ValueError(f"{feed.id}: option command_frame is not JSON") from None
    answers = options.text("answer_container")
    if answers and not options.text("answer_id_path"):
        raise ValueError(f"{feed.id}: option answer_id_path is missing: an answer must name its command")
    return CommandShape(
        frame=frame,
        answers=answers,
        id_path=options.text("answer_id_path"),
        shape=AnswerShape(
            path=options.text("answer_path"),
            detail_path=options.text("answer_detail_path"),
            progress_path=options.text("answer_progress_path"),
            words=words,
            causes=causes,
            test_path=options.text("answer_test_path"),
        ),
    )
