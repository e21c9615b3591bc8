"""Marks for translation. `_` speaks now, `_l` when it is shown, `n_` by number."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as n_
from flask_babel.speaklater import LazyString

__all__ = ["LazyString", "_", "_l", "n_"]
