"""What this request and this server are about: actor, settings, keys."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, g, request

from webapp.core.actor import Actor, DeviceRef, PersonRef
from webapp.core.outbox import Tools
from webapp.core.tokens import Keyring
from webapp.settings import Settings

Ref = TypeVar("Ref")
PersonLoader = Callable[[str], PersonRef | None]
DeviceLoader = Callable[[str], DeviceRef | None]


def current_settings() -> Settings:
    """The settings this server was started with."""
    settings: Settings = current_app.extensions["mixwell.settings"]
    return settings


def current_keyring() -> Keyring:
    """The keys of this server."""
    return current_tools().keyring


def current_tools() -> Tools:
    """What jobs work with, for the few views that do a job's work at once."""
    tools: Tools = current_app.extensions["mixwell.tools"]
    return tools


def cookie_name(name: str) -> str:
    """`__Host-` cookies wherever there is https; plain names on loopback only."""
    return f"__Host-mixwell-{name}" if current_settings().secure else f"mixwell-{name}"


def current_actor() -> Actor:
    """Who sent this request, loaded once: each cookie asks the feature that issued it."""
    if "actor" not in g:
        loaders = current_app.extensions["mixwell.actors"]
        g.actor = Actor(person=_load("session", loaders["person"]), device=_load("door", loaders["device"]))
    actor: Actor = g.actor
    return actor


def _load(cookie: str, load: Callable[[str], Ref | None]) -> Ref | None:
    secret = request.cookies.get(cookie_name(cookie))
    return load(secret) if secret else None
