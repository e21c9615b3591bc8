"""Marks for translation. `_` speaks now, `_l` when it is shown, `n_` by number."""

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext as n_

__all__ = ["_", "_l", "n_"]
