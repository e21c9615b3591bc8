"""Mixwell: turns an evening of handshakes into relationships that last. Exports `create_app`, nothing else."""

from typing import TYPE_CHECKING

from webapp.core import sqlite as _sqlite

if TYPE_CHECKING:
    from flask import Flask

    from webapp.settings import Settings

# Before anything else may import the standard library's sqlite3: two SQLite copies on one WAL file can corrupt it.
_sqlite.use_current_library()


def create_app(settings: "Settings | None" = None) -> "Flask":
    """The web application for these settings, or for those of the environment."""
    from webapp.app import create_app as build  # a PDF child process imports this package and needs no web

    return build(settings)
