"""The adapter that asks, against real HTTP servers on loopback, good and bad."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from pathlib import Path

import pytest
from feed_stage import Heard, run
from http_stage import Asked, Reply, reply, serving
from rest_stage import Given, feed_at, heard_from, page

from console.core.feed import FeedState
from console.feeds.base import DeviceCommand, FeedDown
from console.feeds.rest.keeping import FILE
from console.feeds.secrets import variable

KEY = "ab+c/d=="


async def end_of(answer: Reply, **options: str | float | bool) -> FeedDown:
    """Why a life of a feed ended whose source answers so."""
    async with serving(answer) as (url, _), heard_from(feed_at(url, **options)) as (_, task):
        with pytest.raises(FeedDown) as caught:
            await asyncio.wait_for(task, 5)
        return caught.value


def test_a_source_is_asked_again_and_again() -> None:
    async def scene() -> None:
        count = iter(range(100))
        async with (
            serving(lambda asked: reply(page(float(next(count))))) as (url, asked),
            heard_from(feed_at(f"{url}/air?sidoName=부산")) as (sink, _),
        ):
            await sink.until(lambda: len([row for row in sink.rows if row.path == "level"]) >= 3)
        assert [row.value for row in sink.rows if row.path == "level"][:3] == [0.0, 1.0, 2.0]
        assert sink.states[0] is FeedState.LIVE
        assert asked[0].target == "/air?sidoName=%EB%B6%80%EC%82%B0"

    run(scene())


def test_all_pages_are_asked_for_until_the_total_is_there() -> None:
    def answer(asked: Asked) -> bytes:
        number = int(asked.target.partition("pageNo=")[2].partition("&")[0])
        return reply(page(number * 10.0, number * 10.0 + 1, total=5) if number < 3 else page(30.0, total=5))

    async def scene() -> None:
        options: Given = {"page_param": "pageNo", "size_param": "numOfRows", "page_size": 2, "total_path": "total",
                          "every_s": 99}  # fmt: skip
        async with serving(answer) as (url, asked), heard_from(feed_at(url, **options)) as (sink, _):
            await sink.until(lambda: any(row.value == 30.0 for row in sink.rows))
            assert [one.target for one in asked] == [f"/?pageNo={n}&numOfRows=2" for n in (1, 2, 3)]
        options["max_pages"] = 2
        async with serving(answer) as (url, asked), heard_from(feed_at(url, **options)) as (sink, _):
            await sink.until(lambda: bool(sink.faults))
            assert (sink.faults, len(asked)) == ([("pageNo", "too_many")], 2)

    run(scene())


def test_what_has_not_changed_is_not_sent_again_but_a_new_life_gets_all() -> None:
    def answer(asked: Asked) -> bytes:
        if asked.headers.get("if-none-match") == '"1"':
            return reply("", "304 Not Modified")
        return reply(page(1.0), ETag='"1"', Last_Modified="Sun, 22 Nov 2026 06:00:00 GMT")

    async def scene() -> None:
        async with serving(answer) as (url, asked):
            feed = feed_at(url, every_s=0.1)
            for _ in range(2):
                already = len(asked)
                async with heard_from(feed) as (sink, _):
                    while len(asked) < already + 3:
                        await asyncio.sleep(0.01)
                assert len([row for row in sink.rows if row.path == "level"]) == 1
                first, second = asked[already : already + 2]
                assert "if-none-match" not in first.headers
                assert second.headers["if-modified-since"] == "Sun, 22 Nov 2026 06:00:00 GMT"

    run(scene())


def test_a_source_that_has_nothing_to_tell_is_alive() -> None:
    async def scene() -> None:
        async with (
            serving(lambda asked: reply("", "204 No Content")) as (url, asked),
            heard_from(feed_at(url)) as (sink, _),
        ):
            await sink.until(lambda: len(asked) > 1 and bool(sink.states))
            assert (set(sink.states), sink.faults, sink.rows) == ({FeedState.LIVE}, [], [])

    run(scene())


GATEWAY = (
    "<OpenAPI_ServiceResponse><cmmMsgHeader><errMsg>SERVICE ERROR {key}</errMsg>"
    "<returnReasonCode>30</returnReasonCode></cmmMsgHeader></OpenAPI_ServiceResponse>"
)


@pytest.mark.parametrize("key", [KEY, "ab%2Bc%2Fd%3D%3D"])
@pytest.mark.parametrize(
    "place", [{"key_param": "serviceKey"}, {"key_header": "X-Key", "key_prefix": "KakaoAK "}]
)
def test_a_key_goes_out_and_is_never_told(
    place: Given, key: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """SEC-33: not in the log (of the library neither), not in what an operator reads, not in the tap."""
    monkeypatch.setenv(variable("air"), key)
    caplog.set_level(logging.DEBUG)
    bodies = [page(1.0), f'{{"broken {key}', GATEWAY.replace("{key}", key)]

    async def scene() -> tuple[list[Asked], Tapped, FeedDown]:
        left = iter(bodies)
        sink = Tapped()
        async with serving(lambda asked: reply(next(left))) as (url, asked):
            with pytest.raises(FeedDown) as caught:
                await asyncio.wait_for(feed_at(url, secret="air", **place).run(sink), 5)
        return asked, sink, caught.value

    asked, sink, down = run(scene())
    if "key_param" in place:
        assert asked[0].target == "/?serviceKey=ab%2Bc%2Fd%3D%3D"
    else:
        assert asked[0].headers["x-key"] == f"KakaoAK {key}"
    assert (down.why, down.refused) == ("credentials", True)
    told = f"{caplog.text} {down} {sink.tap!r}"
    assert "***" in down.detail
    assert b"broken ***" in sink.tap
    assert "ab+c" not in told
    assert "ab%2B" not in told


class Tapped(Heard):
    """Also remembers the bytes that could not be read."""

    def __init__(self) -> None:
        super().__init__()
        self.tap = b""

    def malformed(self, where: str, reason: str, offending: bytes | str = b"") -> None:
        """As FeedSink."""
        super().malformed(where, reason, offending)
        self.tap += offending.encode() if isinstance(offending, str) else offending


def test_a_key_that_is_not_there_is_told_before_anything_is_asked() -> None:
    down = run(end_of(lambda asked: reply(page(1.0)), secret="nowhere", key_param="k"))
    assert (down.why, down.detail) == ("no_secret", "nowhere")


@pytest.mark.parametrize(
    ("status", "why", "refused"),
    [
        ("401 Unauthorized", "credentials", True),
        ("403 Forbidden", "credentials", True),
        ("404 Not Found", "not_found", False),
        ("418 Teapot", "request", False),
        ("429 Too Many Requests", "too_many", False),
        ("500 Oops", "unavailable", False),
        ("503 Service Unavailable", "unavailable", False),
    ],
)
def test_a_status_that_is_no_answer_is_told(status: str, why: str, refused: bool) -> None:
    down = run(end_of(lambda asked: reply("x", status)))
    assert (down.why, down.refused, down.detail) == (why, refused, f"HTTP {status[:3]}")


def test_a_source_that_says_when_to_come_back_is_left_alone_until_then() -> None:
    async def scene() -> None:
        answers = [reply("", "503 Busy", Retry_After="1"), reply(page(1.0))]
        async with serving(lambda asked: answers.pop(0)) as (url, _):
            feed = feed_at(url)
            began = time.monotonic()
            with pytest.raises(FeedDown, match="Retry-After 1 s"):
                await feed.run(Heard())
            assert feed.due - time.time() > 5, "and our own patience may be longer than what it asks"
            feed.due = time.time() + 0.2
            async with heard_from(feed) as (sink, _):
                await sink.until(lambda: bool(sink.rows))
            assert time.monotonic() - began >= 0.2

    run(scene())


def test_a_redirect_is_followed_on_the_same_host_and_nowhere_else() -> None:
    """SEC-43: neither the request nor the key leaves for another host."""

    async def scene() -> None:
        def near(asked: Asked) -> bytes:
            moved = reply("", "302 Found", Location="/new")
            return moved if asked.target == "/old" else reply(page(1.0))

        async with serving(near) as (url, asked), heard_from(feed_at(f"{url}/old")) as (sink, _):
            await sink.until(lambda: bool(sink.rows))
            assert [one.target for one in asked[:2]] == ["/old", "/new"]
        async with serving(lambda asked: reply(page(9.0))) as (other, strangers):
            for place in (f"{other}/", "http://169.254.169.254/latest"):
                down = await end_of(lambda asked, place=place: reply("", "301 Moved", Location=place))
                assert (down.why, down.refused) == ("redirected", True)
            assert strangers == []
        loop = await end_of(lambda asked: reply("", "307 Again", Location="/"))
        assert loop.why == "redirected"

    run(scene())


def test_a_days_budget_outlives_a_restart(tmp_path: Path) -> None:
    async def scene() -> None:
        async with serving(lambda asked: reply(page(1.0))) as (url, asked):
            for _ in range(2):
                feed = feed_at(url, daily=3, every_s=28_800)
                feed.keep_in(tmp_path)
                async with heard_from(feed) as (sink, _):
                    await sink.until(lambda: bool(sink.rows))
            assert json.loads((tmp_path / FILE).read_bytes())["used"] == 2
            (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace('"used":2', '"used":3'))
            feed = feed_at(url, daily=3)
            feed.keep_in(tmp_path)
            with pytest.raises(FeedDown) as caught:
                await asyncio.wait_for(feed.run(Heard()), 5)
            assert (caught.value.why, caught.value.refused, len(asked)) == ("quota", True, 2)
            assert 0 < feed.due - time.time() <= 86_400

    run(scene())


@pytest.mark.expects_log("feed")
def test_a_count_that_cannot_be_read_begins_at_nothing(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text("{")
    feed = feed_at("http://127.0.0.1:1", daily=3)
    feed.keep_in(tmp_path)
    assert feed.budget_left == 3


def test_a_publication_that_is_late_is_asked_for_again_soon_and_not_for_ever() -> None:
    """Aligned to the source's publication: `retries` times more, then by the schedule."""

    async def scene() -> None:
        times: list[float] = []

        def answer(asked: Asked) -> bytes:
            times.append(time.monotonic())
            return reply(page(1.0))

        options: Given = {"every_s": 1, "align_s": 0, "retry_s": 0.1, "retries": 2}
        async with serving(answer) as (url, _), heard_from(feed_at(url, **options)), asyncio.timeout(10):
            while len(times) < 5:
                await asyncio.sleep(0.005)
        on_time, once_more, last_try, on_time_again = times[1:5]
        assert on_time < once_more < last_try < on_time + 0.8
        assert on_time_again > on_time + 0.8

    run(scene())


def test_a_source_that_is_only_asked_takes_no_commands() -> None:
    async def scene() -> None:
        command = DeviceCommand("01J", "p1", "state", 1.0)
        with pytest.raises(FeedDown) as caught:
            await feed_at("http://127.0.0.1:9").send(command, lambda answer: None)
        assert caught.value.why == "no_commands"

    run(scene())


@pytest.mark.parametrize(
    ("url", "options", "fault"),
    [
        ("ws://127.0.0.1:1", {}, "url"),
        ("http://169.254.169.254/", {}, "url"),
        ("http://u:p@127.0.0.1/", {}, "url"),
        ("http://127.0.0.1/?serviceKey=abc", {}, "url must not hold a key"),
        ("http://127.0.0.1", {"secret": "a"}, "option secret"),
        ("http://127.0.0.1", {"key_param": "a"}, "option secret"),
        ("http://127.0.0.1", {"secret": "a", "key_header": "a b"}, "option key_header"),
        ("http://127.0.0.1", {"align_s": 5.0, "every_s": 7.0}, "option align_s"),
        ("http://127.0.0.1", {"align_s": 60.0, "every_s": 60.0}, "option align_s"),
        ("http://127.0.0.1", {"source": "both"}, "option source_path"),
        ("http://127.0.0.1", {"every_s": 0.0}, "option every_s"),
        ("http://127.0.0.1", {"page_size": "many"}, "option page_size"),
    ],
)
def test_a_wrong_option_of_a_source_that_is_asked_is_named(url: str, options: Given, fault: str) -> None:
    """SEC-43: no other scheme, no forbidden address, no key in the profile."""
    with pytest.raises(ValueError, match=f"feed: {fault}"):
        feed_at(url, **options)
