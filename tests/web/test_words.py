"""Words that wait for their reader are text, never markup."""

from flask import Flask, render_template_string

from webapp.web.words import _, _l

HOSTILE = "<img src=x onerror=alert(1)>"
SHOWN = "&lt;img src=x onerror=alert(1)&gt;"


def test_a_name_inside_waiting_words_is_escaped_like_any_other(app: Flask) -> None:
    with app.test_request_context():
        lazy = _l("Same e-mail as %(name)s.", name=HOSTILE)
        assert render_template_string("{{ words }}", words=lazy) == f"Same e-mail as {SHOWN}."
        assert render_template_string("{{ words | join(' ') }}", words=[lazy, lazy]).count(SHOWN) == 2
        assert render_template_string("{{ '%s' | format(words) }}", words=lazy) == f"Same e-mail as {SHOWN}."
        assert SHOWN in render_template_string("{{ words }}", words=_("%(name)s is here.", name=HOSTILE))


def test_waiting_words_are_escaped_once(app: Flask) -> None:
    with app.test_request_context():
        assert render_template_string("{{ words }}", words=_l("Lost & found")) == "Lost &amp; found"
        assert str(_l("Lost & found")) == "Lost & found"
