"""A message is sealed for one browser, signed as this server, and what the push service says is understood."""

import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from http_ece import ECEException

from tests.core.push_service import Phone, PushService, decode, encode, push_service, signed
from webapp.core.identifiers import new_id
from webapp.core.outward import Caller
from webapp.core.push import Gone, NoSubscription, NotTaken, Pusher, Receiver
from webapp.core.tokens import Keyring

AT = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
LIFE = timedelta(hours=3, minutes=30)
MESSAGE = '{"title": "Something waits"}'
KEYS = Keyring(b"\x5d" * 32)


@pytest.fixture
def service() -> Iterator[PushService]:
    """A push service that takes everything."""
    with push_service() as service:
        yield service


@pytest.fixture
def phone(service: PushService) -> Phone:
    """A browser that can be told."""
    return Phone("anns-phone", service.base)


def pusher(keys: Keyring = KEYS) -> Pusher:
    caller = Caller(("localhost",), loopback=True)
    return Pusher(caller, keys.signing_key("push"), "hello@example.org")


def send(phone: Phone, **more: object) -> None:
    known = {"life": LIFE, "at": AT} | more
    key = known.pop("key", new_id())
    pusher().send(key, MESSAGE, Receiver.read(**phone.form), **known)  # type: ignore[arg-type]  # as send names them


def test_only_the_browser_it_is_for_can_read_it(service: PushService, phone: Phone) -> None:
    send(phone)
    [message] = service.to(phone)
    assert phone.read(message) == {"title": "Something waits"}
    assert b"Something" not in message.body
    with pytest.raises(ECEException):
        Phone("another", service.base).read(message)


def test_the_headers_say_how_and_how_long_and_not_for_whom(service: PushService, phone: Phone) -> None:
    key = new_id()
    send(phone, key=key)
    headers = service.received[0].headers
    assert headers["content-encoding"] == "aes128gcm"
    assert (headers["ttl"], headers["urgency"]) == ("12600", "normal")
    assert decode(headers["topic"]) == key.bytes
    assert len(headers["topic"]) <= 32, "RFC 8030, 5.4"


def test_it_is_signed_by_us_for_this_service_and_for_an_hour(service: PushService, phone: Phone) -> None:
    send(phone)
    key, claims = signed(service.received[0])
    assert key == pusher().public_key
    assert claims["aud"] == service.base
    assert claims["sub"] == "mailto:hello@example.org"
    assert claims["exp"] == int((AT + timedelta(hours=1)).timestamp())


def test_a_changed_signature_is_found(service: PushService, phone: Phone) -> None:
    send(phone)
    message = service.received[0]
    head, claims, signature = message.headers["authorization"].split(".")
    forged = head + "." + encode(decode(claims).replace(b"hello@", b"jello@")) + "." + signature
    with pytest.raises(InvalidSignature):
        signed(type(message)(message.path, dict(message.headers) | {"authorization": forged}, message.body))


def test_the_same_row_sent_again_has_the_same_topic_and_no_two_bodies_are_alike(
    service: PushService, phone: Phone
) -> None:
    key = new_id()
    send(phone, key=key)
    send(phone, key=key)
    send(phone)
    first, again, other = service.received
    assert first.headers["topic"] == again.headers["topic"] != other.headers["topic"]
    assert first.body != again.body


@pytest.mark.parametrize("status", [404, 410])
def test_a_dead_subscription_is_told_from_a_fault(service: PushService, phone: Phone, status: int) -> None:
    service.answers.append((status, {}))
    with pytest.raises(Gone):
        send(phone)


@pytest.mark.parametrize(
    ("said", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("Mon, 23 Nov 2026 08:40:00 GMT", timedelta(minutes=10)),
        ("Mon, 23 Nov 2026 08:00:00 GMT", timedelta()),
        ("999999999999", timedelta(days=1)),
        ("Fri, 31 Dec 2100 00:00:00 GMT", timedelta(days=1)),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
def test_how_long_it_wants_to_be_left_alone_is_heard(
    service: PushService, phone: Phone, said: str, wait: timedelta | None
) -> None:
    service.answers.append((429, {"Retry-After": said}))
    with pytest.raises(NotTaken) as refused:
        send(phone)
    assert refused.value.wait == wait


@pytest.mark.parametrize("status", [400, 403, 413, 500, 503, 307])
def test_everything_else_is_a_fault_to_try_again(service: PushService, phone: Phone, status: int) -> None:
    service.answers.append((status, {}))
    with pytest.raises(NotTaken, match=str(status)):
        send(phone)


def test_nobody_there_is_a_fault_too(phone: Phone, service: PushService) -> None:
    nowhere = Phone("nowhere", "http://localhost:1")
    with pytest.raises(OSError, match="refused"):
        send(nowhere)


def test_three_texts_that_no_browser_gave_are_refused() -> None:
    good = Phone("p", "http://localhost:1").form
    off_the_curve = encode(b"\x04" + b"\x01" * 64)
    for odd in (
        {"p256dh": ""},
        {"auth": ""},
        {"auth": encode(secrets.token_bytes(15))},
        {"p256dh": off_the_curve},
        {"p256dh": "!" * 88},
        {"p256dh": good["p256dh"][:-4]},
        {"auth": "é" * 22},
    ):
        with pytest.raises(NoSubscription):
            Receiver.read(**good | odd)
    assert Receiver.read(**good).endpoint == good["endpoint"]
    assert Receiver.read(**good | {"auth": good["auth"] + "=="}).auth == decode(good["auth"])


def test_our_key_comes_from_the_master_and_stays_the_same() -> None:
    first = pusher().public_key
    assert first == pusher(Keyring(b"\x5d" * 32)).public_key
    assert first != pusher(Keyring(b"\x5e" * 32)).public_key
    assert first != encode(_point(KEYS.signing_key("something else")))
    assert len(decode(first)) == 65
    known = "BBQEGUdtgTKc-JEe09HK8c6zhk2wgxFlWO_S2SXRx6Mm8qbjHmS_us3wIumSROWjfcqUktmlLf_EZ-0SYE4SRfg"
    assert first == known, "whoever switched it on has to do so again"


def _point(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
