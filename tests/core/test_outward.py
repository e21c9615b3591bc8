"""S-41: an address that somebody else gave us leads to the public hosts on our list, and to nothing inside."""

import http.client
import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.architecture.test_source import imports, modules
from tests.core.push_service import push_service
from webapp.core import outward
from webapp.core.outward import Caller, Forbidden, is_host_name, is_public
from webapp.settings import USUAL_PUSH_HOSTS
from webapp.web.builds import ROOT

HOST = "push.example.org"
URL = f"https://{HOST}/send/abc"

INSIDE = {
    "this host": "0.0.0.0",  # noqa: S104  # refused
    "this network": "0.1.2.3",
    "private, large": "10.1.2.3",
    "private, middle": "172.16.0.1",
    "private, small": "192.168.1.1",
    "carrier": "100.64.0.1",
    "loopback": "127.0.0.1",
    "loopback, elsewhere": "127.9.9.9",
    "link-local, a cloud's own data": "169.254.169.254",
    "protocol assignments": "192.0.0.170",
    "test net": "192.0.2.1",
    "relay of 6to4": "192.88.99.1",
    "benchmarks": "198.18.0.1",
    "another test net": "203.0.113.7",
    "multicast": "224.0.0.251",
    "multicast, global": "233.252.0.1",
    "reserved": "240.0.0.1",
    "broadcast": "255.255.255.255",
    "loopback of v6": "::1",
    "unspecified": "::",
    "mapped": "::ffff:127.0.0.1",
    "mapped, of a public one": "::ffff:8.8.8.8",
    "mapped, in hex": "::ffff:a9fe:a9fe",
    "compatible": "::127.0.0.1",
    "translated": "::ffff:0:127.0.0.1",
    "NAT64": "64:ff9b::a9fe:a9fe",
    "NAT64, local": "64:ff9b:1::a00:1",
    "6to4": "2002:7f00:1::1",
    "Teredo": "2001:0:53aa:64c:0:0:5601:5601",
    "ORCHID": "2001:20::1",
    "documentation": "2001:db8::1",
    "documentation, newer": "3fff::1",
    "unique local": "fd00::1",
    "link-local of v6": "fe80::1",
    "link-local with a zone": "fe80::1%lo",
    "site-local": "fec0::1",
    "multicast of v6": "ff02::1",
    "discard": "100::1",
    "segment routing": "5f00::1",
    "one number": "2130706433",
    "octal": "0177.0.0.1",
    "hex": "0x7f.0.0.1",
    "short": "127.1",
}
"""Kind → an address of it."""

PUBLIC = ["8.8.8.8", "142.250.180.10", "17.188.180.12", "2a00:1450:4009:820::200a", "2620:149:208:4308::a"]

ODD_URLS = [
    f"http://{HOST}/send",
    f"https://{HOST}.evil.example.com/",
    "https://evilpush.example.org/",
    f"https://{HOST}./",
    f"https://{HOST}:8443/",
    f"https://{HOST}:443/",
    f"https://{HOST}:0/",
    f"https://{HOST}:99999/",
    f"https://user@{HOST}/",
    f"https://user:word@{HOST}/",
    f"https://127.0.0.1@{HOST}/",
    f"https://{HOST}@127.0.0.1/",
    f"https://127.0.0.1#{HOST}",
    f"https://127.0.0.1?.{HOST}",
    f"https://127.0.0.1\\.{HOST}/",
    f"https://127.0.0.1%2f.{HOST}/",
    f"https://{HOST}/#x",
    f"https://{HOST}\t/",
    f"https://{HOST} /",
    f"https://{HOST}\r\nHost: inside/",
    f"https://{HOST}/a b",
    f"https://{HOST}/\x00",
    "https://püsh.example.org/",
    f"https://PUSH.example.org@{HOST}/",
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0177.0.0.1/",
    "https://0x7f.1/",
    "https://0x7f000001/",
    "https://127.1/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://localhost/",
    "https:///send",
    "//push.example.org/send",
    "file:///etc/passwd",
    "gopher://push.example.org/",
    f"https://{HOST}/" + "a" * 1000,
    "",
]


@pytest.fixture
def connects(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every address that anybody of this process tries to connect to; nobody gets there."""
    tried: list[str] = []

    def refuse(self: socket.socket, address: Any) -> None:
        tried.append(address[0])
        raise OSError("nowhere")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    return tried


def caller(*answers: str) -> Caller:
    """Ours, for whom every name means these addresses."""
    return Caller((HOST,), resolver=lambda host, port: answers)


def call(ours: Caller, url: str = URL) -> None:
    ours.post(url, b"sealed", {})


@pytest.mark.parametrize("kind", INSIDE)
def test_s_41_a_name_that_means_an_address_inside_is_never_called(kind: str, connects: list[str]) -> None:
    assert len(INSIDE) >= 24
    assert not is_public(INSIDE[kind])
    with pytest.raises(Forbidden):
        call(caller(INSIDE[kind]))
    assert connects == []


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_one_is_called(address: str, connects: list[str]) -> None:
    with pytest.raises(OSError, match="nowhere"):
        call(caller(address))
    assert connects == [address]


def test_s_41_canary_without_the_look_at_addresses_they_would_be_called(
    connects: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "is_public", lambda address: True)
    with pytest.raises(OSError, match="nowhere"):
        call(caller("169.254.169.254"))
    assert connects == ["169.254.169.254"]


@pytest.mark.parametrize("answers", [("8.8.8.8", "127.0.0.1"), ("127.0.0.1", "8.8.8.8"), ("8.8.8.8", "fd00::1"), ()])
def test_s_41_a_name_that_points_half_inside_is_not_called(answers: tuple[str, ...], connects: list[str]) -> None:
    with pytest.raises(Forbidden):
        call(caller(*answers))
    assert connects == []


@pytest.fixture
def rebinding(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A name server that gives a public address the first time and this machine from then on; what it was asked."""
    asked: list[str] = []
    known = socket.getaddrinfo

    def answer(host: str, port: int, *more: Any, **named: Any) -> Any:
        if host != HOST:
            return known(host, port, *more, **named)
        asked.append(host)
        return known("8.8.8.8" if len(asked) == 1 else "127.0.0.1", port, *more, **named)

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    return asked


def test_s_41_a_name_that_changes_between_the_look_and_the_call_gains_nothing(
    connects: list[str], rebinding: list[str]
) -> None:
    with pytest.raises(OSError, match="nowhere"):
        call(Caller((HOST,)))
    assert (rebinding, connects) == ([HOST], ["8.8.8.8"])


def test_s_41_canary_who_looks_and_then_calls_by_name_is_led_inside(connects: list[str], rebinding: list[str]) -> None:
    assert is_public(outward.resolve(HOST, 443)[0])  # type: ignore[index]  # it is a list
    with pytest.raises(OSError, match="nowhere"):
        http.client.HTTPSConnection(HOST).connect()
    assert connects == ["127.0.0.1"]


@pytest.mark.parametrize("url", ODD_URLS)
def test_s_41_an_odd_address_is_refused_before_any_name_is_asked(url: str, connects: list[str]) -> None:
    def resolver(host: str, port: int) -> list[str]:
        raise AssertionError(f"{host} was asked for")

    with pytest.raises(Forbidden):
        call(Caller((HOST,), resolver=resolver), url)
    assert connects == []


def test_hosts_on_the_list_and_below_them_are_called_and_neighbours_are_not() -> None:
    ours = Caller(USUAL_PUSH_HOSTS)
    for url in (
        "https://fcm.googleapis.com/fcm/send/dGVzdA:APA91b",
        "https://updates.push.services.mozilla.com/wpush/v2/gAAAA",
        "https://web.push.apple.com/QGuQyavXutnMH",
        "https://wns2-par02p.notify.windows.com/w/?token=BQYAAAD%2b",
    ):
        assert ours.check(url).hostname
    for url in ("https://googleapis.com/", "https://storage.googleapis.com/", "https://xfcm.googleapis.com/"):
        with pytest.raises(Forbidden):
            ours.check(url)


def test_no_number_is_a_host_name() -> None:
    assert all(is_host_name(host) for host in USUAL_PUSH_HOSTS)
    for odd in ("127.0.0.1", "0x7f.0x1", "2130706433", "localhost", "a", "-a.org", "a..org", "a.org.", "A.org", "a.1"):
        assert not is_host_name(odd), odd


def test_this_machine_is_called_only_where_a_test_says_so() -> None:
    with pytest.raises(Forbidden):
        Caller(("localhost",)).check("http://localhost:8000/x")
    with pytest.raises(Forbidden):
        call(Caller((HOST,), loopback=True, resolver=lambda host, port: ["8.8.8.8"]))
    with push_service() as service:
        answer = Caller(("localhost",), loopback=True).post(f"{service.base}/x", b"sealed", {"TTL": "5"})
    assert (answer.status, [one.body for one in service.received]) == (201, [b"sealed"])


def test_s_41_a_redirect_is_an_answer_and_is_not_followed() -> None:
    with push_service() as trap, push_service() as service:
        for status in (301, 302, 303, 307, 308):
            service.answers.append((status, {"Location": f"{trap.base}/inside"}))
            assert Caller(("localhost",), loopback=True).post(f"{service.base}/x", b"s", {}).status == status
    assert (len(service.received), trap.received) == (5, [])


def test_s_41_no_proxy_of_the_environment_carries_it(monkeypatch: pytest.MonkeyPatch) -> None:
    with push_service() as trap, push_service() as service:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, trap.base)
        Caller(("localhost",), loopback=True).post(f"{service.base}/x", b"sealed", {})
    assert (len(service.received), trap.received) == (1, [])


def test_what_is_no_http_is_a_failure_like_any_other() -> None:
    with socket.create_server(("127.0.0.1", 0)) as babbler:
        port = babbler.getsockname()[1]
        ours = Caller(("localhost",), loopback=True, resolver=lambda host, port: ["127.0.0.1"])
        babbler.settimeout(20)

        def babble() -> None:
            talking, _ = babbler.accept()
            with talking:
                talking.recv(4096)
                talking.sendall(b"220 relay ready\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        with pytest.raises(OSError, match="no answer of HTTP"):
            call(ours, f"http://localhost:{port}/")
        thread.join()


def test_s_41_nothing_else_of_ours_calls_by_a_name() -> None:
    """Whoever needs an address that somebody gave us, comes here; where mail goes, the server's keeper says."""
    callers = {"requests", "urllib3", "aiohttp", "httpx", "http.client", "urllib.request", "ftplib"}
    found = {name for name, tree in modules().items() if callers & set(imports(tree))}
    assert found == {"core/outward.py"}
    assert "webpush(" not in (ROOT / "webapp/core/push.py").read_text(), "its own client follows redirects"


# The certificate is the name's, though the address was pinned.


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Key and self-signed certificate of the push host."""
    key, at = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, HOST)])
    made = (
        x509.CertificateBuilder(issuer_name=name, subject_name=name, public_key=key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(at - timedelta(days=1))
        .not_valid_after(at + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "host.pem"
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    file.write_bytes(secret + made.public_bytes(Encoding.PEM))
    return file


def test_the_certificate_must_be_that_of_the_name(certificate: Path) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    here, other = {"resolver": lambda host, port: ["127.0.0.1"], "loopback": True}, "other.example.org"
    with push_service(tls) as service:
        ours = Caller((HOST, other), authorities=str(certificate), **here)  # type: ignore[arg-type]  # as written above
        assert ours.post(f"https://{HOST}:{service.port}/x", b"sealed", {}).status == 201
        with pytest.raises(ssl.SSLCertVerificationError):
            ours.post(f"https://{other}:{service.port}/x", b"sealed", {})
        with pytest.raises(ssl.SSLCertVerificationError):
            Caller((HOST,), **here).post(f"https://{HOST}:{service.port}/x", b"sealed", {})  # type: ignore[arg-type]  # likewise
    assert len(service.received) == 1
    assert service.received[0].headers["host"] == f"{HOST}:{service.port}"
