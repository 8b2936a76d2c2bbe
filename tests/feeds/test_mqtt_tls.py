"""TLS to a real Mosquitto: the right authority, the wrong one, the wrong name, and a certificate of our own."""

from __future__ import annotations

import ipaddress
from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from feed_stage import Heard, T, run
from mosquitto_stage import free_port, mosquitto

from console.core.site import FeedDef
from console.feeds.base import FeedDown
from console.feeds.mqtt_link import open_link
from console.feeds.mqtt_options import LINK_OPTIONS, LinkOptions, link_options
from console.feeds.mqtt_wire import Message
from console.feeds.options import Options


class Authority:
    """Signs certificates into a folder."""

    def __init__(self, folder: Path, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        self._folder = folder
        made = self._made(
            self._name, self._key.public_key(), x509.BasicConstraints(ca=True, path_length=None)
        )
        self.file = folder / f"{name}.pem"
        self.file.write_bytes(made.public_bytes(serialization.Encoding.PEM))

    def _made(
        self, subject: x509.Name, key: ec.EllipticCurvePublicKey, *extensions: x509.ExtensionType
    ) -> x509.Certificate:
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self._name).public_key(key)
        builder = builder.serial_number(x509.random_serial_number())
        builder = builder.not_valid_before(datetime.now(UTC) - timedelta(days=1))
        builder = builder.not_valid_after(datetime.now(UTC) + timedelta(days=1))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        return builder.sign(self._key, hashes.SHA256())

    def issue(self, name: str, *also: x509.GeneralName) -> tuple[Path, Path]:
        """Certificate and key of somebody."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = x509.SubjectAlternativeName([*also] or [x509.DNSName(name)])
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        certificate, secret = self._folder / f"{name}.crt", self._folder / f"{name}.key"
        certificate.write_bytes(
            self._made(subject, key.public_key(), names).public_bytes(serialization.Encoding.PEM)
        )
        secret.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
        return certificate, secret


@dataclass
class Room:
    """A broker with three listeners: TLS, TLS over WebSocket, and TLS that asks for a certificate of ours."""

    tls: str
    web: str
    strict: str
    ca: Path
    other_ca: Path
    ours: tuple[Path, Path]


@pytest.fixture
def room(tmp_path: Path) -> Generator[Room, None, None]:
    city, other = Authority(tmp_path, "city"), Authority(tmp_path, "other")
    here = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    certificate, key = city.issue("broker", here)
    ours = city.issue("hub")
    ports = [free_port() for _ in range(3)]
    lines: list[str] = []
    for port, more in zip(ports, ([], ["protocol websockets"], ["require_certificate true"]), strict=True):
        lines += [
            f"listener {port} 127.0.0.1",
            f"cafile {city.file}",
            f"certfile {certificate}",
            f"keyfile {key}",
        ]
        lines += more
    with mosquitto(tmp_path, *lines):
        yield Room(
            f"mqtts://127.0.0.1:{ports[0]}",
            f"wss://127.0.0.1:{ports[1]}/mqtt",
            f"mqtts://127.0.0.1:{ports[2]}",
            city.file,
            other.file,
            ours,
        )


def wishes(url: str, **options: object) -> LinkOptions:
    given = {name: value if isinstance(value, float) else str(value) for name, value in options.items()}
    feed = FeedDef(id="feed", adapter="mqtt", url=url, label=T, options=dict(given))
    return link_options(feed, Options(feed, LINK_OPTIONS))


async def talk(options: LinkOptions) -> bytes:
    async with open_link(options, Heard()) as link:
        await link.subscribe(("a",))
        await link.publish(Message("a", b"1"))
        return (await link.receive())[0].payload


async def refused(options: LinkOptions) -> FeedDown:
    with pytest.raises(FeedDown) as caught:
        await talk(options)
    return caught.value


def test_a_broker_our_authority_vouches_for_is_spoken_to(room: Room) -> None:
    async def scene() -> None:
        assert await talk(wishes(room.tls, ca_file=room.ca)) == b"1"
        assert await talk(wishes(room.web, ca_file=room.ca)) == b"1"
        certificate, key = room.ours
        assert await talk(wishes(room.strict, ca_file=room.ca, cert_file=certificate, key_file=key)) == b"1"

    run(scene())


def test_a_broker_nobody_vouches_for_is_refused(room: Room) -> None:
    async def scene() -> None:
        for url in (room.tls, room.web):
            for options in ({}, {"ca_file": room.other_ca}):
                down = await refused(wishes(url, **options))
                assert (down.why, down.refused) == ("certificate", True)
        down = await refused(wishes(room.tls.replace("127.0.0.1", "localhost"), ca_file=room.ca))
        assert (down.why, down.refused) == ("certificate", True)

    run(scene())


def test_files_that_are_not_there_and_a_missing_certificate_are_told(room: Room, tmp_path: Path) -> None:
    async def scene() -> None:
        down = await refused(wishes(room.tls, ca_file=tmp_path / "none.pem"))
        assert (down.why, down.refused) == ("certificate", True)
        down = await refused(wishes(room.strict, ca_file=room.ca))
        assert down.why in ("tls", "closed", "unreachable")
        down = await refused(wishes(room.tls.replace("mqtts", "mqtt"), connect_s=1.0))
        assert down.why in ("closed", "timeout", "protocol")

    run(scene())
