"""Notices leave a real hub for a real HTTP service and a real mail server on loopback (ALM-29)."""

from __future__ import annotations

import asyncio
import email
import email.policy
import ssl
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hub_room import Room, hub_room, small_site
from notice_peers import HttpPeer, MailPeer, http_peer, mail_peer

from console.core.notification import Mail, MailSecurity, Receiver, Webhook
from console.core.site import Site
from console.hub.notify import mail, webhook
from console.hub.notify.delivery import Letter, NotDelivered
from console.hub.notify.keys import Keys

LETTER = Letter(id="duty/a/1", title="제목", text="본문\n.점으로 시작", body={"id": "duty/a/1"})


def site(*receivers: Receiver) -> Site:
    return msgspec.structs.replace(small_site(), receivers=receivers)


def duty(peer: HttpPeer, **changes: object) -> Receiver:
    base = Receiver(
        id="duty",
        lang="en",
        priorities=(1, 2),
        group_wait_s=0.2,
        group_interval_s=0.4,
        webhook=Webhook(url=peer.url),
    )
    return msgspec.structs.replace(base, **changes)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not true():
            await asyncio.sleep(0.02)


def records(room: Room, what: str) -> list[str]:
    return [r.result for r in room.hub.journal.query("notify", 50) if r.what == what]


def test_a_webhook_is_told_of_an_alarm_and_of_its_end(tmp_path: Path) -> None:
    async def story() -> None:
        async with hub_room(tmp_path, site(duty(peer))) as room:
            room.plant.push("a0", "level", 95.0)
            room.plant.push("a1", "level", 96.0)
            await until(lambda: len(peer.bodies) == 1)
            room.plant.push("a0", "level", 50.0)
            await until(lambda: len(peer.bodies) == 2)
            await until(lambda: len(records(room, "NOTIFIED")) == 2)

    with http_peer() as peer:
        asyncio.run(story())
    first, second = peer.bodies
    assert [line["alarm"] for line in first["firing"]] == ["a0.high", "a1.high"]
    assert first["firing"][0]["label"] == "high"
    assert (first["id"], first["area"], first["repeat"]) == ("duty/a/1", "a", False)
    assert peer.headers[0]["Idempotency-Key"] == "duty/a/1"
    assert [(line["alarm"], line["ended"]) for line in second["ended"]] == [("a0.high", "returned")]


def test_a_site_without_receivers_tells_nobody(tmp_path: Path) -> None:
    """Off by default."""

    async def story() -> None:
        async with hub_room(tmp_path) as room:
            room.plant.push("a0", "level", 95.0)
            await asyncio.sleep(0.3)
            assert records(room, "NOTIFIED") == []

    asyncio.run(story())


@pytest.mark.expects_log("alarm")
def test_a_receiver_that_fails_is_tried_again_and_both_are_in_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("console.core.alarm.notify.RETRY_S", 0.1)

    async def story() -> None:
        async with hub_room(tmp_path, site(duty(peer))) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: records(room, "NOTIFIED") == [""])
            assert records(room, "NOTIFY_FAILED") == ["HTTP 302", "HTTP 500"]

    with http_peer() as peer:
        peer.statuses = [500, 302]
        asyncio.run(story())
    # The same notice until it is taken: a receiver can tell a repetition from news.
    assert {body["id"] for body in peer.bodies} == {"duty/a/1"}
    assert len(peer.bodies) == 3


def test_what_was_told_is_known_after_a_restart(tmp_path: Path) -> None:
    """At least once, and not again for every start: only the end that came meanwhile is news."""

    async def before(where: Site) -> None:
        async with hub_room(tmp_path, where) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: len(peer.bodies) == 1)
            await until(lambda: len(records(room, "NOTIFIED")) == 1)

    async def after(where: Site) -> None:
        async with hub_room(tmp_path, where) as room:
            room.plant.push("a0", "level", 95.0)
            await asyncio.sleep(0.8)
            assert len(peer.bodies) == 1
            room.plant.push("a0", "level", 50.0)
            await until(lambda: len(peer.bodies) == 2)

    with http_peer() as peer:
        where = site(duty(peer))
        asyncio.run(before(where))
        asyncio.run(after(where))
    assert (peer.bodies[1]["id"], len(peer.bodies[1]["ended"])) == ("duty/a/2", 1)


def test_what_was_pending_when_the_hub_ended_is_told_after_it(tmp_path: Path) -> None:
    async def before(where: Site) -> None:
        async with hub_room(tmp_path, where) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: bool(room.hub.alarms.facts()))

    async def after(where: Site) -> None:
        async with hub_room(tmp_path, where):
            await until(lambda: len(peer.bodies) == 1)

    with http_peer() as peer:
        where = site(duty(peer, group_wait_s=1.0))
        asyncio.run(before(where))
        assert peer.bodies == []
        asyncio.run(after(where))
    assert peer.bodies[0]["firing"][0]["alarm"] == "a0.high"


def test_a_mail_is_in_the_language_of_its_receiver(tmp_path: Path) -> None:
    def receiver(port: int) -> Receiver:
        post = Mail(
            host="127.0.0.1",
            port=port,
            security=MailSecurity.NONE,
            sender="gwanje@example.org",
            to=("kim@example.org", "lee@example.org"),
        )
        return Receiver(id="post", priorities=(), group_wait_s=0.1, mail=post)

    async def story(peer: MailPeer) -> None:
        async with hub_room(tmp_path, site(receiver(peer.port))) as room:
            room.plant.push("a0", "level", 95.0)
            await until(lambda: len(peer.mails) == 1)

    with mail_peer() as peer:
        asyncio.run(story(peer))
    ((sender, to, text),) = peer.mails
    message = email.message_from_string(text, policy=email.policy.default)
    assert (sender, to) == ("gwanje@example.org", ["kim@example.org", "lee@example.org"])
    assert message["Subject"] == "[관제] a: 경보 1건 (최고 2순위)"
    assert message["X-Gwanje-Notice"] == "post/a/1"
    body = message.get_content()
    assert "2순위  pump 0 — high  (95.0 %" in body
    assert "조치: start a pump" in body


def test_a_mail_server_that_refuses_is_named_by_its_code() -> None:
    with mail_peer() as peer:
        peer.refuse = [451]
        post = Mail(
            host="127.0.0.1", port=peer.port, security=MailSecurity.NONE, sender="a@b.c", to=("d@e.f",)
        )
        with pytest.raises(NotDelivered, match="SMTP 451"):
            mail.send(post, "", LETTER)
        mail.send(post, "", LETTER)
    assert len(peer.mails) == 1


def test_no_mail_leaves_this_machine_in_the_open() -> None:
    """Not even where a profile was made without `site check`; and a server without TLS gets no password."""
    with pytest.raises(NotDelivered, match="not allowed"):
        mail.send(
            Mail(host="192.0.2.1", security=MailSecurity.NONE, sender="a@b.c", to=("d@e.f",)), "", LETTER
        )
    with mail_peer() as peer:
        post = Mail(
            host="127.0.0.1", port=peer.port, sender="a@b.c", to=("d@e.f",), user="gwanje", secret="word"
        )
        with pytest.raises(NotDelivered):
            mail.send(post, "the password", LETTER)
        with pytest.raises(NotDelivered):
            mail.send(msgspec.structs.replace(post, security=MailSecurity.TLS), "the password", LETTER)
    assert peer.mails == []
    assert ssl.create_default_context().check_hostname


def test_a_redirect_is_not_followed() -> None:
    with http_peer() as peer, http_peer() as other:
        peer.location, peer.statuses = other.url, [307]
        with pytest.raises(NotDelivered, match="HTTP 307"):
            webhook.post(Webhook(url=peer.url), "", LETTER)
        assert other.bodies == []


def test_a_token_goes_to_its_receiver_and_nowhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither a proxy of the environment nor an open road gets it."""
    with http_peer() as peer, http_peer() as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        webhook.post(Webhook(url=peer.url), "a token", LETTER)
        assert peer.headers[0]["Authorization"] == "Bearer a token"
        assert proxy.bodies == []
    with pytest.raises(NotDelivered, match="not allowed"):
        webhook.post(Webhook(url="http://192.0.2.1/x"), "a token", LETTER)
    with pytest.raises(NotDelivered, match="ConnectionError"):
        webhook.post(Webhook(url="http://127.0.0.1:9/x"), "", LETTER)


class _Ring:
    """A keyring of one entry."""

    def get_password(self, service: str, name: str) -> str | None:
        return "from the ring" if (service, name) == ("gwanje", "duty_token") else None


def test_secrets_are_found_by_name_and_never_made_up() -> None:
    """From the environment, then the keyring; a name without a secret is a failure that names it."""
    keys = Keys({"GWANJE_SECRET_MAIL": "from outside"}, _Ring())
    assert keys.find("") == ""
    assert (keys.find("mail"), keys.find("duty_token")) == ("from outside", "from the ring")
    with pytest.raises(NotDelivered, match="no secret named other"):
        keys.find("other")
