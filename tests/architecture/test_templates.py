"""A fragment is a file, an id and a signature; and no template holds what our policy would refuse."""

import re

import pytest
from jinja2 import Environment

import webapp
from tests.architecture.conftest import house_settings
from tests.architecture.templates import Template, all_templates, features, needs_of

SAFE_MARKUP = r"\|\s*safe\b|Markup\("

FORBIDDEN = {
    "inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
    "inline style": r"<style\b|\sstyle\s*=",
    "event handler": r"\son[a-z]+\s*=",
    "hx-on": r"\shx-on",
    "js: value": r"[\"']\s*(?:js|javascript):",
    "trigger filter": r"hx-trigger\s*=\s*\"[^\"]*\[",
    "hx-vals or hx-headers with code": r"hx-(?:vals|headers)\s*=\s*[\"']\s*js",
    "inherited attribute": r":inherited",
    "autoescape off": r"\{%\s*autoescape\s+false",
    "expression in an unquoted attribute": r"\s[\w:-]+=\{\{",
    "an address of this machine": r"(?:localhost|127\.0\.0\.1|/home/|/root/)",
}

OF_HTMX_2 = (
    r"\bhx-(?:ext|history-elt|history|disinherit|inherit|request|params|prompt|vars|sse|ws)\b"
    r"|htmx:(?:after|before)[A-Z]\w*|htmx:(?:configRequest|responseError|sendError|oobAfterSwap)"
)
"""Attributes and events that htmx 4 no longer knows, or that we do without."""


def pages() -> list[Template]:
    """Everything a browser gets: mails have a style of their own, paper is drawn without a browser."""
    return [t for t in all_templates().values() if not t.name.startswith("mail/") and "/print/" not in t.name]


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """Jinja as the application sets it up."""
    return webapp.create_app(house_settings(tmp_path_factory.mktemp("templates"))).jinja_env


def test_a_fragment_has_an_id_that_is_its_noun() -> None:
    fragments = [t for t in features() if t.is_fragment]
    assert len(fragments) > 10
    strangers = {t.name: t.root for t in fragments if _noun_of(t.root or "") not in _nouns_beside(t)}
    assert strangers == {}


def _noun_of(root: str) -> str:
    """The id without the number that makes it one of many."""
    return root.partition("{{")[0].rstrip("-")


def _nouns_beside(template: Template) -> set[str]:
    """Its own noun, or the region of another fragment of the feature, whose place it takes."""
    folder = template.name.rpartition("/")[0]
    return {template.noun} | {t.noun for t in features() if t.name.startswith(f"{folder}/_")}


def test_the_first_line_says_what_the_file_needs(environment: Environment) -> None:
    wrong = {}
    for template in [t for t in features() if not t.is_macros]:
        needs, declared = needs_of(environment, template.name), template.declared
        missing = needs.certain - (declared or set())
        unused = (declared or set()) - needs.certain - needs.possible - needs.overridden
        if declared is None or missing or unused:
            wrong[template.name] = f"line one: {{# needs: {', '.join(sorted(needs.certain))} #}}, unused: {unused}"
    assert wrong == {}


def test_nothing_in_a_template_needs_a_weaker_policy() -> None:
    found = []
    for template in pages():
        source = re.sub(r"\{#.*?#\}", "", template.source, flags=re.S)
        found += [f"{template.name}: {what}" for what, pattern in FORBIDDEN.items() if re.search(pattern, source)]
    assert found == []


def test_text_is_never_declared_safe() -> None:
    assert [name for name, t in all_templates().items() if re.search(SAFE_MARKUP, t.source)] == []


def test_templates_speak_htmx_4() -> None:
    assert {t.name: found for t in pages() if (found := re.findall(OF_HTMX_2, t.source))} == {}


def test_the_lint_finds_what_it_forbids() -> None:
    sample = "<p style='x' onclick=\"y\" hx-on:click='z' title={{ t }}><script>1</script><style></style>"
    sample += '<b hx-trigger="click[ctrlKey]" hx-vals=\'js:{}\' href="javascript:x">'
    found = {what for what, pattern in FORBIDDEN.items() if re.findall(pattern, sample)}
    assert found >= {"inline script", "inline style", "event handler", "hx-on", "trigger filter", "js: value"}
    assert "expression in an unquoted attribute" in found
    assert re.search(SAFE_MARKUP, "{{ t | safe }}")
    assert re.search(SAFE_MARKUP, "{{ Markup(t) }}")
