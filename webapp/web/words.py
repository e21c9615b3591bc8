"""Marks for translation. `_` speaks now, `_l` when it is shown, `n_` by number."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext as n_
from flask_babel.speaklater import LazyString
from markupsafe import Markup, escape

__all__ = ["LazyString", "_", "_l", "n_"]


class _Words(LazyString):  # type: ignore[misc]  # flask-babel has no types
    """Words said when they are shown. The library's own call themselves markup, whatever name a list put into them."""

    def __html__(self) -> Markup:
        return escape(str(self))


def _l(words: str, **said: Any) -> LazyString:
    """Words to be translated when they are shown, as text: what is said in them is escaped like everything else."""
    return _Words(_, words, **said)
