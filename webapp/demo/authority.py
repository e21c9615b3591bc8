"""A certificate authority of this machine's own, for `bin/demo --https` alone: phones give a camera, a worker and a
place beside their apps to https only, and nobody else vouches for an address on a wifi.

It can vouch for private addresses, `localhost` and `.local` names only (name constraints, RFC 5280 4.2.1.10), so a
phone that trusts it trusts it for nothing on the internet. Its key never leaves the folder it is made in.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

LIFE = timedelta(days=365)
SOON = timedelta(days=30)
"""So long before its end an authority is made anew: nobody installs one that ends next week."""
LEAF_LIFE = timedelta(days=90)
EARLIER = timedelta(hours=1)
"""A phone's clock may be behind."""

Address = IPv4Address | IPv6Address

NETWORKS = tuple(
    ip_network(words)
    for words in "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 169.254.0.0/16 127.0.0.0/8 fc00::/7 fe80::/10 ::1/128".split()
)
NAMES = ("localhost", "local")
_MAY = dict.fromkeys(
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign "
    "encipher_only decipher_only".split(),
    False,
)


@dataclass(frozen=True)
class Authority:
    """A certificate that vouches for others, and its key."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 as phones show it: pairs of hex digits."""
        return self.certificate.fingerprint(SHA256()).hex(" ").upper()

    @property
    def file(self) -> bytes:
        """What a phone installs (DER); no secret is in it."""
        return self.certificate.public_bytes(Encoding.DER)


@dataclass(frozen=True)
class ServerFiles:
    """Where the server's certificate (with its key's file beside it) is, as PEM."""

    certificate: Path
    key: Path


def own_addresses() -> list[Address]:
    """Private addresses of this machine, the one that leads to the network first. Nothing is sent to find them."""
    found = [_towards("192.0.2.1"), *_of_the_host_name()]
    return [one for one in dict.fromkeys(found) if one and is_covered(one) and not one.is_loopback]


def _towards(documentation_address: str) -> Address | None:
    """Our address on the way there (RFC 5737: nobody has it). A datagram socket that connects only picks a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect((documentation_address, 9))
        except OSError:
            return None
        return ip_address(probe.getsockname()[0])


def _of_the_host_name() -> list[Address]:
    try:
        return [ip_address(one) for one in socket.gethostbyname_ex(socket.gethostname())[2]]
    except OSError:
        return []


def is_covered(address: Address) -> bool:
    """Whether the authority may vouch for this address."""
    return any(address in network for network in NETWORKS)


def get_authority(folder: Path, at: datetime) -> tuple[Authority, bool]:
    """The authority kept in this folder, made if there is none that lasts; and whether it is new to every phone."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    certificate_file, key_file = folder / "ca.pem", folder / "ca.key"
    if certificate_file.exists() and key_file.exists():
        certificate = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        key = load_pem_private_key(key_file.read_bytes(), None)
        if certificate.not_valid_after_utc > at + SOON and isinstance(key, ec.EllipticCurvePrivateKey):
            return Authority(certificate, key), False
    made = _make_authority(at)
    _keep(key_file, _pem(made.key))
    _keep(certificate_file, made.certificate.public_bytes(Encoding.PEM))
    return made, True


def _make_authority(at: datetime) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Mixwell demo on {socket.gethostname()}"[:64])
    allowed = [*(x509.DNSName(one) for one in NAMES), *(x509.IPAddress(one) for one in NETWORKS)]
    builder = _builder(name, name, key.public_key(), at, LIFE)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    builder = builder.add_extension(x509.NameConstraints(allowed, None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**_MAY | {"key_cert_sign": True, "crl_sign": True}), critical=True)
    return Authority(builder.sign(key, SHA256()), key)


def issue(authority: Authority, addresses: list[Address], folder: Path, at: datetime) -> ServerFiles:
    """A certificate for these addresses and this machine itself, with a key of its own; anew at each start."""
    key = ec.generate_private_key(ec.SECP256R1())
    builder = leaf_for(authority, key.public_key(), addresses, at)
    files = ServerFiles(folder / "server.pem", folder / "server.key")
    _keep(files.key, _pem(key))
    _keep(files.certificate, builder.sign(authority.key, SHA256()).public_bytes(Encoding.PEM))
    return files


def leaf_for(
    authority: Authority, key: ec.EllipticCurvePublicKey, addresses: list[Address], at: datetime
) -> x509.CertificateBuilder:
    """What is to be signed for a server at these addresses."""
    loopback: list[Address] = [ip_address("127.0.0.1")]
    named = [x509.DNSName("localhost"), *(x509.IPAddress(one) for one in dict.fromkeys([*addresses, *loopback]))]
    life = min(LEAF_LIFE, authority.certificate.not_valid_after_utc - at)
    builder = _builder(_name("Mixwell demo"), authority.certificate.subject, key, at, life)
    above = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = builder.add_extension(above, critical=False)
    builder = builder.add_extension(x509.SubjectAlternativeName(named), critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
    builder = builder.add_extension(x509.KeyUsage(**_MAY | {"digital_signature": True}), critical=True)
    return builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, at: datetime, life: timedelta
) -> x509.CertificateBuilder:
    builder = x509.CertificateBuilder(issuer, subject, key, x509.random_serial_number(), at - EARLIER, at + life)
    return builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)


def _name(words: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, words)])


def _pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _keep(file: Path, content: bytes) -> None:
    """Written whole, and never readable by others, not even for a moment."""
    new = file.with_suffix(file.suffix + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
    new.replace(file)
