"""Sign-in with the site's directory: the device code flow against a local provider, and tokens that prove nothing."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest
from directory_provider import CLIENT, Keys, Provider, provider
from hub_room import small_site
from people_room import PASSWORD, Sitter, people_room, seated

from console.core.control import Directory, DirectoryGroup
from console.core.identity.facts import SessionState
from console.core.identity.roles import Role
from console.core.site import CommandClass, Site
from console.hub.people.jws import Expected, Jwks, TokenRefused, verified
from console.wire.messages import (
    ActReply,
    DirectoryPrompt,
    LockSession,
    PutAccount,
    StartDirectorySignIn,
    StepUp,
    TakeArea,
    UnlockSession,
)

GROUPS = (
    DirectoryGroup(group="ops", role="operator", areas=("a",), top_class="C2"),
    DirectoryGroup(group="it", role="security-admin"),
)


def site_of(issuer: str) -> Site:
    return msgspec.structs.replace(
        small_site(), directory=Directory(issuer=issuer, client_id=CLIENT, groups=GROUPS)
    )


async def by_directory(sitter: Sitter) -> str:
    n = next(sitter.numbers)
    await sitter.console.send(StartDirectorySignIn(request=f"d{n}", n=n))
    reply = await sitter.console.until(ActReply, lambda reply: reply.request == f"d{n}")
    return reply.results[0].reason


def told(sitter: Sitter) -> list[DirectoryPrompt]:
    return [message for message in sitter.console.got if isinstance(message, DirectoryPrompt)]


def test_a_person_of_the_directory_signs_in_with_its_code_and_gets_the_roles_of_their_groups(
    tmp_path: Path,
) -> None:
    async def story() -> None:
        with provider() as directory:
            directory.answers = ["authorization_pending"] * 2
            async with people_room(tmp_path, site_of(directory.url)) as room, seated(room) as seat:
                assert await by_directory(seat) == ""
                prompt = told(seat)[0]
                assert (prompt.url, prompt.code) == (f"{directory.url}/login", "WDJB-MJHT")
                fact = await seat.session(SessionState.ACTIVE)
                assert (fact.user, fact.name) == ("kim@127.0.0.1", "김철수")
                (held,) = fact.grants
                assert (held.role, held.areas, held.top_class) == (Role.OPERATOR, ("a",), CommandClass.C2)
                assert (await seat.ask(TakeArea(request="", area="a"))).reason == ""
                asked = [path for path, _ in directory.asked]
                assert asked.count("/token") == 3
                assert directory.asked[-2][1]["device_code"] == "device-secret"

    asyncio.run(story())


def test_the_same_person_unlocks_and_proves_themselves_again_at_the_directory(tmp_path: Path) -> None:
    """SEC-07, SEC-14: there is no password here to say again."""

    async def story() -> None:
        with provider() as directory:
            async with people_room(tmp_path, site_of(directory.url)) as room, seated(room) as seat:
                assert await by_directory(seat) == ""
                assert (await seat.ask(StepUp(request="", password=PASSWORD))).reason == "SIGN_IN_FAILED"
                assert await by_directory(seat) == ""
                await seat.session(SessionState.ACTIVE, lambda fact: fact.stepped_up_until > 0)
                assert (await seat.ask(LockSession(request=""))).reason == ""
                assert (await seat.ask(UnlockSession(request="", password=""))).reason == "SIGN_IN_FAILED"
                assert await by_directory(seat) == ""
                await seat.session(SessionState.ACTIVE)
                assert room.hub.sessions.count("kim@127.0.0.1") == 1

    asyncio.run(story())


@pytest.mark.expects_log("app")
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"answers": ["access_denied"]}, "DIRECTORY_DENIED"),
        ({"answers": ["expired_token"]}, "DIRECTORY_DENIED"),
        ({"answers": ["authorization_pending"] * 99, "expires_in": 0.3}, "DIRECTORY_DENIED"),
        ({"groups": ()}, "DIRECTORY_DENIED"),
        ({"groups": ("ops", "it")}, "ROLES_CONFLICT"),
        ({"claims": {"aud": "another"}}, "DIRECTORY_DENIED"),
        ({"claims": {"iss": "https://evil"}}, "DIRECTORY_DENIED"),
        ({"claims": {"exp": 1.0}}, "DIRECTORY_DENIED"),
        ({"claims": {"nonce": "another"}}, "DIRECTORY_DENIED"),
        ({"alg": "none"}, "DIRECTORY_DENIED"),
        ({"issuer": "https://evil"}, "DIRECTORY_DOWN"),
        ({"status": 500}, "DIRECTORY_DOWN"),
        ({"status": 302}, "DIRECTORY_DOWN"),
    ],
)
def test_what_the_directory_does_not_vouch_for_does_not_get_in(
    tmp_path: Path, change: dict[str, Any], reason: str
) -> None:
    """No redirect is followed (SEC-43), nothing is waited for without end, and nobody is let in by a fault."""

    async def story() -> None:
        with provider() as directory:
            for name, value in change.items():
                setattr(directory, name, value)
            site = site_of(directory.url)
            async with people_room(tmp_path, site, people=False) as room, seated(room) as seat:
                assert await by_directory(seat) == reason
                assert (await seat.session(SessionState.SIGNED_OUT)).user == ""
            assert not [path for path, _ in directory.asked if path == "/elsewhere"]

    asyncio.run(story())


def test_an_account_that_was_disabled_here_stays_out_whatever_the_directory_says(tmp_path: Path) -> None:
    async def story() -> None:
        with provider() as directory:
            async with people_room(tmp_path, site_of(directory.url)) as room, seated(room) as seat:
                assert await by_directory(seat) == ""
                async with seated(room, "s2") as other:
                    assert (await other.sign_in("root")).reason == ""
                    assert (await other.ask(StepUp(request="", password=PASSWORD))).reason == ""
                    off = PutAccount(request="", user="kim@127.0.0.1", name="Kim", enabled=False)
                    assert (await other.ask(off)).reason == ""
                await seat.session(SessionState.ENDED)
                assert await by_directory(seat) == "DIRECTORY_DENIED"

    asyncio.run(story())


@pytest.mark.expects_log("app")
def test_a_directory_that_cannot_be_reached_leaves_the_accounts_of_the_hub(tmp_path: Path) -> None:
    async def story() -> None:
        async with people_room(tmp_path, site_of("http://127.0.0.1:9")) as room, seated(room) as seat:
            assert await by_directory(seat) == "DIRECTORY_DOWN"
            assert (await seat.sign_in("kim")).reason == ""
        async with people_room(tmp_path, site_of("http://id.city.example")) as room, seated(room) as seat:
            assert await by_directory(seat) == "DIRECTORY_DOWN"

    asyncio.run(story())


KEYS = Keys()
WEAK = Keys(bits=1024)
AT = time.time()
EXPECTED = Expected(issuer="https://id", audience=CLIENT, nonce="n", at_s=AT)
RIGHT: dict[str, Any] = {
    "iss": "https://id",
    "sub": "1",
    "aud": CLIENT,
    "exp": AT + 60,
    "iat": AT,
    "nonce": "n",
}


def keys_of(keys: Keys) -> Jwks:
    return msgspec.convert(keys.jwks, Jwks)


def why(token: str, keys: Keys = KEYS) -> str:
    try:
        verified(token, keys_of(keys), EXPECTED)
    except TokenRefused as refused:
        return str(refused)
    return ""


@pytest.mark.parametrize("alg", ["RS256", "ES256"])
def test_a_token_of_the_issuer_for_us_is_taken(alg: str) -> None:
    assert verified(KEYS.sign(RIGHT, alg), keys_of(KEYS), EXPECTED).sub == "1"
    several = KEYS.sign({**RIGHT, "aud": [CLIENT, "other"], "azp": CLIENT}, alg)
    assert why(several) == ""
    assert why(KEYS.sign({**RIGHT, "nonce": ""}, alg)) == ""


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"iss": "https://other"}, "issuer"),
        ({"aud": "other"}, "audience"),
        ({"aud": [CLIENT, "other"]}, "audience"),
        ({"exp": AT - 61}, "expired"),
        ({"iat": AT + 120}, "not yet valid"),
        ({"nbf": AT + 120}, "not yet valid"),
        ({"nonce": "other"}, "nonce"),
        ({"sub": ""}, "subject"),
        ({"exp": "soon"}, "not what a token says"),
    ],
)
def test_each_claim_is_checked(claims: dict[str, Any], reason: str) -> None:
    assert why(KEYS.sign({**RIGHT, **claims})) == reason


def test_no_trick_with_algorithms_keys_or_bytes_passes() -> None:
    good = KEYS.sign(RIGHT)
    first, body, signature = good.split(".")
    assert why(KEYS.sign(RIGHT, "none")) == "algorithm"
    assert why(KEYS.sign(RIGHT, "HS256")) == "algorithm"
    assert why(KEYS.sign(RIGHT, crit=["exp"])) == "algorithm"
    assert why(KEYS.sign(RIGHT, kid="unknown")) == "key"
    assert why(KEYS.sign(RIGHT, kid="e1")) == "key"
    assert why(Keys().sign(RIGHT)) == "signature"
    assert why(WEAK.sign(RIGHT), WEAK) == "weak key"
    assert why(f"{first}.{body}.") == "signature"
    assert why(f"{first}.{body}") == "not three parts"
    assert why(f"{first}.{body}.***") == "not base64url"
    assert why(f"{first}.{'A' + body[1:]}.{signature}") == "signature"
    assert why(KEYS.sign(RIGHT, "ES256").rpartition(".")[0] + "." + signature) == "curve"
    assert why("a" * 70_000) == "too long"
    assert why(f"{first}.{body}.{signature}é") == "not base64url"


@pytest.mark.parametrize("position", range(0, 340, 17))
def test_no_byte_of_a_signature_can_be_changed(position: int) -> None:
    good = KEYS.sign(RIGHT)
    head, _, signature = good.rpartition(".")
    changed = signature[:position] + ("A" if signature[position] != "A" else "B") + signature[position + 1 :]
    assert why(f"{head}.{changed}") == "signature"


def test_the_provider_of_these_tests_is_real() -> None:
    """The token is verified with what the provider publishes, fetched over HTTP."""
    import requests

    with provider() as directory:
        assert isinstance(directory, Provider)
        found = requests.get(f"{directory.url}/keys", timeout=2).json()
        assert found == directory.keys.jwks
