"""`notify.toml`: off unless it says otherwise, every fault named with its line, no secret and no open road (ALM-29)."""

from __future__ import annotations

import pytest
from sound_profile import SOUND

from console.core.errors import ProfileErrors
from console.core.notification import Mail, MailSecurity, Receiver, Webhook
from console.core.profile.faults import ProfileFault as F
from console.core.profile.notify import is_loopback, safe_url
from console.core.profile.parse import parse_site

HOOK = """
[[receiver]]
id = "duty"
priorities = [1, 2]
areas = ["west"]
lang = "en"
[receiver.webhook]
url = "https://alerts.example.org/x"
secret = "duty_token"
"""
MAIL = """
[[receiver]]
id = "post"
[receiver.mail]
host = "mail.example.org"
sender = "gwanje@example.org"
to = ["a@example.org", "b@example.org"]
user = "gwanje"
secret = "mail_password"
"""
BOTH = HOOK + '[receiver.mail]\nhost = "m"\nsender = "a@b"\nto = ["a@b"]\n'


def receivers(body: str) -> tuple[Receiver, ...]:
    return parse_site({**SOUND, "notify.toml": body}).receivers


def faults(body: str) -> list[tuple[str, str]]:
    with pytest.raises(ProfileErrors) as found:
        receivers(body)
    return [(fault.reason, fault.fields.get("field", "")) for fault in found.value.faults]


def test_nobody_is_told_unless_the_file_is_enabled() -> None:
    assert parse_site(SOUND).receivers == ()
    assert receivers(HOOK) == ()
    assert receivers("enabled = false\n" + HOOK) == ()
    assert [r.id for r in receivers("enabled = true\n" + HOOK + MAIL)] == ["duty", "post"]


def test_a_receiver_is_read_with_its_defaults() -> None:
    duty, post = receivers("enabled = true\n" + HOOK + MAIL)
    assert duty.webhook == Webhook(url="https://alerts.example.org/x", secret="duty_token")
    assert (duty.priorities, duty.areas, duty.lang) == ((1, 2), ("west",), "en")
    assert (post.group_wait_s, post.group_interval_s, post.repeat_s) == (30.0, 300.0, 14_400.0)
    assert isinstance(post.mail, Mail)
    assert (post.mail.port, post.mail.security, post.lang) == (587, MailSecurity.STARTTLS, "ko")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (HOOK.replace("https", "http"), (F.UNSAFE_URL, "url")),
        (HOOK.replace("alerts", "user:word@alerts"), (F.UNSAFE_URL, "url")),
        (HOOK.replace('"https://alerts.example.org/x"', '"https://[::1"'), (F.UNSAFE_URL, "url")),
        (HOOK.replace('"west"', '"moon"'), (F.UNKNOWN_AREA, "areas")),
        (HOOK.replace("[1, 2]", "[1, 7]"), (F.OUT_OF_RANGE, "priorities")),
        (HOOK.replace('"en"', '"de"'), (F.UNKNOWN_WORD, "lang")),
        (HOOK.replace("duty_token", "not a name"), (F.BAD_ID, "secret")),
        (HOOK.replace("secret", "token"), (F.UNKNOWN_FIELD, "token")),
        (HOOK.replace('id = "duty"', 'id = "duty"\nrepeat_s = 1'), (F.OUT_OF_RANGE, "repeat_s")),
        (HOOK + HOOK, (F.TWICE, "id")),
        (BOTH, (F.ONE_WAY_OUT, "id")),
        ('[[receiver]]\nid = "mute"\n', (F.ONE_WAY_OUT, "id")),
        (MAIL + 'security = "none"\n', (F.UNSAFE_URL, "security")),
        (MAIL + "port = 0\n", (F.OUT_OF_RANGE, "port")),
        (MAIL.replace('["a@example.org", "b@example.org"]', "[]"), (F.EMPTY_LIST, "to")),
        (MAIL.replace("b@example.org", "b@example.org, c@example.org"), (F.NOT_AN_ADDRESS, "to")),
        (MAIL.replace("gwanje@example.org", "gwanje"), (F.NOT_AN_ADDRESS, "sender")),
        (MAIL.replace('secret = "mail_password"', ""), (F.MISSING, "secret")),
    ],
)
def test_every_fault_is_told_also_while_it_is_off(body: str, expected: tuple[str, str]) -> None:
    assert expected in faults(body)


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://a.example/", True),
        ("http://127.0.0.1:8080/x", True),
        ("http://localhost/x", True),
        ("http://[::1]/x", True),
        ("http://127.0.0.1.example.org/", False),
        ("http://localhost.example.org/", False),
        ("ftp://127.0.0.1/", False),
        ("https:///nothing", False),
        ("https://a.example:99999/", False),
    ],
)
def test_what_is_not_encrypted_stays_on_this_machine(url: str, safe: bool) -> None:
    assert safe_url(url) is safe
    assert is_loopback("10.0.0.1") is False
