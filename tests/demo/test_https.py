"""`bin/demo --https`: phones on the same wifi trust this machine for its own addresses, and for nothing else."""

import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import timedelta
from http.client import HTTPConnection, HTTPSConnection
from ipaddress import ip_address
from pathlib import Path
from threading import Event, Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

import webapp
from tests.cast import Cast
from tests.demo.conftest import demo_settings
from tests.web.pages import read_page
from webapp.core import schema
from webapp.core.clock import now
from webapp.core.database import db
from webapp.demo.authority import LIFE, SOON, Authority, get_authority, issue, leaf_for, own_addresses
from webapp.demo.ca_page import CERTIFICATE, answers_for
from webapp.demo.command import SAMPLE, DemoRefusedError
from webapp.demo.on_wifi import authority_folder, run_on_wifi
from webapp.web.builds import ROOT

HERE = ip_address("127.0.0.1")
PATIENCE = 60.0
"""Seconds a server may take to come up while everything else runs too."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the authority of these tests is."""
    return tmp_path_factory.mktemp("authority")


@pytest.fixture(scope="module")
def authority(folder: Path) -> Authority:
    """Made once."""
    made, is_new = get_authority(folder, now())
    assert is_new
    return made


def trusting(authority: Authority) -> ssl.SSLContext:
    """A phone that has installed the certificate, and goes by the book."""
    context = ssl.create_default_context(cadata=authority.file)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    return context


def test_it_lasts_a_year_and_only_its_owner_reads_the_keys(folder: Path, authority: Authority) -> None:
    again, is_new = get_authority(folder, now())
    assert (again.file, is_new) == (authority.file, False)
    issue(authority, [HERE], folder, now())
    assert {file.name for file in folder.iterdir()} == {"ca.key", "ca.pem", "server.key", "server.pem"}
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o600"}
    assert authority.certificate.not_valid_after_utc - now() <= LIFE


def test_one_that_is_about_to_end_is_made_anew(tmp_path: Path) -> None:
    old, _ = get_authority(tmp_path, now() - LIFE + SOON - timedelta(days=1))
    new, is_new = get_authority(tmp_path, now())
    assert is_new
    assert new.fingerprint != old.fingerprint


@contextmanager
def handshakes(certificate: Path, key: Path) -> Iterator[int]:
    """A port of this machine that shows this certificate to whoever comes."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    over = Event()

    def answer_all(listener: socket.socket) -> None:
        while not over.is_set():
            with suppress(OSError):  # nobody came for a moment, or whoever came did not trust us
                line, _ = listener.accept()
                with line:
                    line.settimeout(PATIENCE)
                    context.wrap_socket(line, server_side=True).close()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        thread = Thread(target=answer_all, args=[listener])
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            over.set()
            thread.join()


def shake(port: int, phone: ssl.SSLContext, name: str) -> None:
    """Connect as a browser does that was sent to this name. Raises ssl.SSLError when it is not trusted."""
    line = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)
    with line, phone.wrap_socket(line, server_hostname=name, do_handshake_on_connect=False) as secured:
        secured.do_handshake()


def test_a_phone_that_trusts_it_gets_in_and_one_that_does_not_stays_out(folder: Path, authority: Authority) -> None:
    files = issue(authority, [ip_address("192.168.1.20")], folder, now())
    with handshakes(files.certificate, files.key) as port:
        for name in ("127.0.0.1", "localhost", "192.168.1.20"):
            shake(port, trusting(authority), name)
        with pytest.raises(ssl.SSLCertVerificationError, match=r"local issuer|self.signed"):
            shake(port, ssl.create_default_context(), "127.0.0.1")
        with pytest.raises(ssl.SSLCertVerificationError, match="mismatch"):
            shake(port, trusting(authority), "192.168.1.21")


@pytest.mark.parametrize("public", ["bank.example.com", "203.0.113.9"])
def test_it_vouches_for_nothing_on_the_internet(tmp_path: Path, authority: Authority, public: str) -> None:
    """Whoever steals the key can still not pose as a bank; its canary has no such constraint."""
    key = ec.generate_private_key(ec.SECP256R1())
    is_address = public[0].isdigit()
    name: x509.GeneralName = x509.IPAddress(ip_address(public)) if is_address else x509.DNSName(public)
    free = Authority(_unconstrained(authority), authority.key)
    certificate, secret = tmp_path / "stolen.pem", tmp_path / "stolen.key"
    leaf = _for_name(leaf_for(authority, key.public_key(), [], now()), name).sign(authority.key, SHA256())
    certificate.write_bytes(leaf.public_bytes(Encoding.PEM))
    from webapp.demo.authority import _pem

    secret.write_bytes(_pem(key))
    with handshakes(certificate, secret) as port:
        with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree"):
            shake(port, trusting(authority), public)
        shake(port, trusting(free), public)


def _for_name(builder: x509.CertificateBuilder, name: x509.GeneralName) -> x509.CertificateBuilder:
    kept = [one for one in builder._extensions if one.oid != x509.SubjectAlternativeName.oid]
    builder._extensions[:] = kept
    return builder.add_extension(x509.SubjectAlternativeName([name]), critical=False)


def _unconstrained(authority: Authority) -> x509.Certificate:
    old = authority.certificate
    builder = x509.CertificateBuilder(
        old.issuer, old.subject, old.public_key(), old.serial_number, old.not_valid_before_utc, old.not_valid_after_utc
    )
    for one in old.extensions:
        if one.oid != x509.NameConstraints.oid:
            builder = builder.add_extension(one.value, one.critical)
    return builder.sign(authority.key, SHA256())


def test_the_steps_are_a_page_of_ours_with_the_fingerprint_and_hold_no_secret(
    tmp_path: Path, folder: Path, authority: Authority
) -> None:
    app = webapp.create_app(demo_settings(tmp_path, "https://127.0.0.1:8123"))
    answers = answers_for(app, authority, "https://127.0.0.1:8123/cast")
    page = read_page("/ca", answers["/ca"][1].decode())
    assert page.faults == []
    for words in (authority.fingerprint, "Certificate Trust Settings", "Install anyway", "Remove"):
        assert words in page.text.replace("&amp;", "&")
    assert re.findall(r'href="([^"]*)"', page.text) == ["/ca.css", CERTIFICATE, "https://127.0.0.1:8123/cast"]
    assert answers[CERTIFICATE] == ("application/x-x509-ca-cert", authority.file)
    everything = b"".join(content for _, content in answers.values())
    for file in ("ca.key", "server.key"):
        lines = (folder / file).read_bytes().splitlines()[1:-1]
        assert lines
        assert not [line for line in lines if line in everything]
    assert b"PRIVATE" not in everything


@pytest.mark.parametrize("host", ["8.8.8.8", "mixwell.local", "::1", "fe80::1"])
def test_an_address_it_must_not_or_cannot_serve_is_refused(host: str) -> None:
    with pytest.raises(DemoRefusedError):
        run_on_wifi(host, 8000, fresh=False)


def test_of_the_addresses_it_finds_only_private_ones_are_used_the_way_out_first(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    wifi, cable, world = (ip_address(one) for one in ("192.168.1.20", "10.0.0.7", "203.0.113.9"))
    monkeypatch.setattr("webapp.demo.authority._towards", lambda there: wifi)
    monkeypatch.setattr("webapp.demo.authority._of_the_host_name", lambda: [HERE, world, cable, wifi])
    assert own_addresses() == [wifi, cable]
    monkeypatch.setattr("webapp.demo.authority._towards", lambda there: None)
    assert own_addresses() == [cable, wifi]


def two_free_ports() -> int:
    """A port that is free with the next one."""
    while True:
        with socket.socket() as one, socket.socket() as other:
            one.bind(("127.0.0.1", 0))
            port: int = one.getsockname()[1]
            try:
                other.bind(("127.0.0.1", port + 1))
            except OSError:
                continue
            return port


@pytest.fixture
def sample(tmp_path: Path) -> tuple[Path, int]:
    """A sample with one evening in it, and the port it is for: making the whole one takes longer."""
    port, folder = two_free_ports(), tmp_path / "sample"
    folder.mkdir()
    settings = demo_settings(folder, f"https://127.0.0.1:{port}")
    schema.upgrade(settings.database_url)
    app = webapp.create_app(settings)
    with app.app_context():
        assert Cast(app).mixer.ends_at > now()
        db.session.remove()
        db.engine.dispose()
    (folder / SAMPLE).write_text(settings.base_url)
    return folder, port


@contextmanager
def running(folder: Path, port: int) -> Iterator["subprocess.Popen[str]"]:
    """The real command, from its first answer until it is told to end."""
    command = [sys.executable, "-m", "webapp.cli", "demo", "--https", "--host", "127.0.0.1", "--port", str(port)]
    gone = ("MIXWELL_MODE", "MIXWELL_DATABASE_URL", "DATABASE_URL")
    variables = {name: text for name, text in os.environ.items() if name not in gone}
    variables |= {"MIXWELL_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    process = subprocess.Popen(command, env=variables, text=True, start_new_session=True, **pipes)  # type: ignore[call-overload]  # pipes are known
    try:
        give_up = time.monotonic() + PATIENCE
        while not listens(port + 1):
            assert process.poll() is None, process.communicate()[0]
            assert time.monotonic() < give_up, "it did not come up"
            time.sleep(0.1)
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()


def ask_plainly(port: int, path: str) -> tuple[int, bytes]:
    """What comes back by plain http."""
    with closing(HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as plain:
        plain.request("GET", path)
        answer = plain.getresponse()
        return answer.status, answer.read()


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_the_real_server_speaks_tls_with_whole_cookies_and_gives_away_nothing_beside(sample: tuple[Path, int]) -> None:
    folder, port = sample
    with running(folder, port) as process:
        for path in ("/ca.key", "/server.key", "/cast", "/", "/static/", "/../ca.key", "/ca/../../master.key"):
            status, content = ask_plainly(port + 1, path)
            assert (status, b"PRIVATE" in content) == (404, False), path
        assert ask_plainly(port + 1, "/ca")[0] == 200
        status, content = ask_plainly(port + 1, CERTIFICATE)
        phone = ssl.create_default_context(cadata=content)
        with closing(HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=phone)) as browser:
            form = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "none"}
            browser.request("POST", "/share", "text=hello", form)
            cookie = browser.getresponse().headers["Set-Cookie"]
        assert cookie.startswith("__Host-mixwell-share=")
        assert "; Secure;" in cookie
        with pytest.raises(ssl.SSLCertVerificationError):
            shake(port, ssl.create_default_context(), "127.0.0.1")
        process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=PATIENCE)[0]
    assert f"https://127.0.0.1:{port}/cast" in said
    assert f"http://127.0.0.1:{port + 1}/ca" in said
    assert "It listens on every network of this machine" in said
    fingerprint = x509.load_der_x509_certificate(content).fingerprint(SHA256()).hex(" ").upper()
    assert fingerprint in said
    assert str(authority_folder(folder)) in said
