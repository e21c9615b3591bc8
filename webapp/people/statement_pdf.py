"""A statement as PDF bytes.

Heavy, and imports WeasyPrint: the web never imports this module, it runs `statement_from_payload` in a child.
"""

from collections.abc import Mapping
from functools import partial
from typing import Any

from webapp.badges.fitting import is_branded, is_right_to_left
from webapp.core.child import Progress
from webapp.core.pdf import paper_templates, render

_STATEMENT = "chains/print/statement.html"


def statement_from_payload(plain: Mapping[str, Any], progress: Progress) -> bytes:
    """The one page."""
    branded = partial(is_branded, family="print-text-400")
    named = partial(is_branded, family="print-name-800")
    template = paper_templates().get_template(_STATEMENT)
    page = template.render(statement=plain, rtl=is_right_to_left, branded=branded, named=named)
    return render([page], {}, _STATEMENT, progress)
