"""Calling an address that somebody else gave us, without becoming their hand inside our own network (S-41).

The host must be on a list, the name is resolved once, every address found must be a public one, and the connection goes
to the very address that was looked at. Nothing else is followed: no redirect, no proxy, no second answer of a name.
"""

import re
import socket
import ssl
from collections.abc import Callable, Collection, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

TIMEOUT = 6.0
"""Seconds the other side may take for each step."""
TRIES = 3
"""Addresses of one host that are tried, so that a call ends long before the outbox takes its row for abandoned."""
LONGEST = 1000
"""Characters of an address that we keep and call."""

_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])")
"""A name with a dot, in lower case, whose last part begins with a letter: no number is one, however it is written."""
_PLAIN = re.compile(rf"[!#-\[\]-~]{{1,{LONGEST}}}")
"""Printable ASCII without blanks, quotes and backslashes: nothing that two readers take for two addresses."""

NOT_PUBLIC = tuple(
    map(
        ip_network,
        (
            # What `is_global` of one Python or another lets through: relays, tests, multicast, reserved.
            *("192.0.0.0/24", "192.88.99.0/24", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
            # Tunnels and test nets among the global ones of IPv6: Teredo, ORCHID, documentation, 6to4.
            *("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"),
        ),
    )
)
_GLOBAL_IPV6 = ip_network("2000::/3")

Resolver = Callable[[str, int], Collection[str]]
"""The addresses of a name, as text. Raises OSError when there are none."""


class Forbidden(Exception):
    """An address that we do not call."""


@dataclass(frozen=True)
class Answer:
    """What the other side said: its status and its headers, names in lower case. Its body is not read."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)


def resolve(host: str, port: int) -> Collection[str]:
    """As the system knows it, in its order of preference."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(place[4][0]) for place in found))


def is_host_name(name: str) -> bool:
    """Whether this is a full host name, and no number in any notation."""
    return len(name) <= 253 and _HOST.fullmatch(name) is not None


def is_public(address: str) -> bool:
    """Whether packets to this address leave for the internet. One that carries another inside does not count."""
    try:
        number = ip_address(address)
    except ValueError:
        return False
    if any(number.version == net.version and number in net for net in NOT_PUBLIC):
        return False
    if isinstance(number, IPv6Address):
        return number.scope_id is None and number in _GLOBAL_IPV6 and number.is_global
    return number.is_global


def _is_loopback(address: str) -> bool:
    try:
        number: IPv4Address | IPv6Address = ip_address(address)
    except ValueError:
        return False
    return number.is_loopback


def _split(url: str) -> SplitResult | None:
    if not _PLAIN.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        return parts if parts.port != 0 else None
    except ValueError:
        return None


@dataclass(frozen=True)
class Caller:
    """Calls hosts on its list and below them. `loopback` is for tests: this machine instead, and plain http to it."""

    hosts: Collection[str]
    loopback: bool = False
    resolver: Resolver = resolve
    authorities: str | None = None

    def check(self, url: str) -> SplitResult:
        """The parts of an address that we would call. Raises Forbidden."""
        parts = _split(url)
        if parts is None or "@" in parts.netloc or parts.fragment or not self._is_listed(parts.hostname or ""):
            raise Forbidden("not on the list")
        here = self.loopback and parts.scheme == "http"
        if not here and parts.scheme != "https":
            raise Forbidden("not https")
        # No port of one's own, no dot at the end, no second way to write the same.
        if not self.loopback and parts.netloc != parts.hostname:
            raise Forbidden("not a plain host")
        return parts

    def _is_listed(self, host: str) -> bool:
        named = is_host_name(host) or (self.loopback and host == "localhost")
        return named and any(host == listed or host.endswith(f".{listed}") for listed in self.hosts)

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send this and give what was answered.

        Raises Forbidden before anything is sent, OSError when it was not taken.
        """
        parts = self.check(url)
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with closing(self._connected(parts)) as connection:
            try:
                connection.request("POST", path, body, dict(headers))
                answer = connection.getresponse()
            except HTTPException as error:
                raise OSError(f"no answer of HTTP: {type(error).__name__}") from error
            return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()})

    def _connected(self, parts: SplitResult) -> HTTPConnection:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        addresses = list(self.resolver(host, port))
        # All or none: a name that points half inside is a trap.
        if not addresses or not all(self._may_call(address) for address in addresses):
            raise Forbidden("not public")
        refused = OSError("nothing was tried")
        for address in addresses[:TRIES]:
            connection = self._connection(address, port, parts)
            try:
                connection.connect()
            except OSError as error:
                refused = error
            else:
                return connection
        raise refused

    def _may_call(self, address: str) -> bool:
        return _is_loopback(address) if self.loopback else is_public(address)

    def _connection(self, address: str, port: int, parts: SplitResult) -> HTTPConnection:
        host = parts.hostname or ""
        if parts.scheme == "https":
            return _PinnedTLS(address, host, port, timeout=TIMEOUT, context=self._tls)
        return _Pinned(address, host, port, timeout=TIMEOUT)

    @cached_property
    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.authorities)


class _Pinned(HTTPConnection):
    """A connection to this address, whatever the name means by now."""

    def __init__(self, address: str, host: str, port: int, *, timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self.address = address

    def connect(self) -> None:
        """Nobody is asked for the name."""
        self.sock = socket.create_connection((self.address, self.port), self.timeout)


class _PinnedTLS(HTTPSConnection):
    """The same, and the certificate must be the name's."""

    def __init__(self, address: str, host: str, port: int, *, timeout: float, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=timeout, context=context)
        self.address, self.tls = address, context

    def connect(self) -> None:
        """Nobody is asked for the name, and it is proven."""
        plain = socket.create_connection((self.address, self.port), self.timeout)
        try:
            self.sock = self.tls.wrap_socket(plain, server_hostname=self.host)
        except OSError:
            plain.close()
            raise
