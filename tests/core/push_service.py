"""A push service of this machine, with faults to order, and the phones it carries messages for."""

import base64
import json
import secrets
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


@dataclass(frozen=True)
class Received:
    """One request as it came in; header names in lower case."""

    path: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class PushService:
    """Takes everything, unless told what to answer next: a status and headers each."""

    port: int = 0
    received: list[Received] = field(default_factory=list)
    answers: list[tuple[int, dict[str, str]]] = field(default_factory=list)

    @property
    def base(self) -> str:
        """Where it listens."""
        return f"http://localhost:{self.port}"

    def to(self, phone: "Phone") -> list[Received]:
        """What came for this phone."""
        return [one for one in self.received if one.path == f"/{phone.name}"]


@dataclass(frozen=True)
class Phone:
    """A browser's end of a subscription: what it gives away, and what it alone can open."""

    name: str
    base: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    auth: bytes = field(default_factory=lambda: secrets.token_bytes(16))

    @property
    def endpoint(self) -> str:
        """Where messages for it go."""
        return f"{self.base}/{self.name}"

    @property
    def form(self) -> dict[str, str]:
        """What its script sends to us."""
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": self.endpoint, "p256dh": encode(point), "auth": encode(self.auth)}

    def read(self, message: Received) -> Any:
        """What a message says, opened with its own key and secret."""
        opened = http_ece.decrypt(message.body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(opened)


def encode(data: bytes) -> str:
    """base64url without padding."""
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decode(text: str) -> bytes:
    """The same back."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def signed(message: Received) -> tuple[str, dict[str, Any]]:
    """Who signed this (their public key) and what they claim (RFC 8292). Fails when the signature is not theirs."""
    scheme, _, rest = message.headers["authorization"].partition(" ")
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    assert (scheme, json.loads(decode(head))["alg"]) == ("vapid", "ES256")
    raw = decode(signature)
    both = encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decode(parts["k"]))
    key.verify(both, f"{head}.{claims}".encode(), ec.ECDSA(SHA256()))
    return parts["k"], json.loads(decode(claims))


@contextmanager
def push_service(tls: ssl.SSLContext | None = None) -> Iterator[PushService]:
    """Serve until the block ends."""
    service = PushService()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            headers = {name.lower(): value for name, value in self.headers.items()}
            service.received.append(Received(self.path, headers, body))
            status, more = service.answers.pop(0) if service.answers else (201, {})
            self.send_response(status)
            for name, value in {"Content-Length": "0", **more}.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *said: Any) -> None:
            pass

    class Server(ThreadingHTTPServer):
        def handle_error(self, *about: Any) -> None:
            """A caller who hung up because of our certificate is what a test wanted."""

    server = Server(("127.0.0.1", 0), Handler)
    if tls:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
