"""Which SQLite library this process uses, and whether it may be trusted with a write-ahead log."""

import sys
from importlib import import_module

Version = tuple[int, int, int]

# The WAL-reset bug (found 2026-03-03) is fixed in these patch releases of their lines, and in all lines after.
_FIXED_LINES: dict[tuple[int, int], int] = {(3, 44): 6, (3, 50): 7, (3, 51): 3}


def use_current_library() -> None:
    """Let every `import sqlite3` in this process mean the newer library of the `pysqlite3` wheel, if there is one."""
    try:
        sys.modules["sqlite3"] = import_module("pysqlite3")
    except ImportError:  # no wheel for this processor: the standard library's copy, under `may_use_wal`
        return


def library_version() -> Version:
    """Version of the SQLite library in use."""
    import sqlite3

    major, minor, patch = (int(part) for part in sqlite3.sqlite_version.split("."))
    return major, minor, patch


def may_use_wal(version: Version) -> bool:
    """Whether this version is free of the WAL-reset bug (sqlite.org change list for 3.51.3)."""
    line, patch = version[:2], version[2]
    if line > max(_FIXED_LINES):
        return True
    return line in _FIXED_LINES and patch >= _FIXED_LINES[line]
