"""A fragment is a file, an id and a signature; and no template holds what our policy would refuse."""

import re

import pytest
from flask import Flask

from tests.architecture.templates import Template, all_templates, features, needs_of

SAFE_MARKUP: dict[str, str] = {}
"""Template → why text may go into it as markup. Nobody does."""

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

OF_HTMX_2 = r"\bhx-(?:ext|history-elt|history|disinherit|inherit|request|params|prompt|vars|sse|ws|swap-oob-outer)\b|htmx:(?:after|before)[A-Z]\w*|htmx:(?:configRequest|responseError|sendError|oobAfterSwap)"
"""Attributes and events that htmx 4 no longer knows, or that we do without."""


def pages() -> list[Template]:
    """Everything a browser gets: mails have a style of their own, paper is drawn without a browser."""
    return [t for t in all_templates().values() if not t.name.startswith(("mail/", "badges/print/"))]


def named(templates: list[Template]) -> list[object]:
    """Parameters with readable names."""
    return [pytest.param(t, id=t.name) for t in templates]


@pytest.mark.parametrize("template", named([t for t in features() if t.is_fragment]))
def test_a_fragment_has_an_id_that_is_its_noun(template: Template) -> None:
    folder = template.name.rpartition("/")[0]
    regions = {t.noun for t in features() if t.name.startswith(f"{folder}/_") and t.declared is not None}
    root = (template.root or "").partition("-{{")[0].partition("{{")[0].rstrip("-")
    assert root == template.noun or root in regions, f"id is {template.root!r}, the noun is {template.noun!r}"


@pytest.mark.parametrize("template", named(features()))
def test_the_first_line_says_what_the_file_needs(template: Template, app: Flask) -> None:
    needs = needs_of(app.jinja_env, template.name)
    assert template.declared is not None, f"line one should be {{# needs: {', '.join(sorted(needs.certain))} #}}"
    missing, unused = needs.certain - template.declared, template.declared - needs.certain - needs.possible
    assert (missing, unused) == (set(), set())


@pytest.mark.parametrize("template", named(pages()))
def test_nothing_in_a_template_needs_a_weaker_policy(template: Template) -> None:
    source = re.sub(r"\{#.*?#\}", "", template.source, flags=re.S)
    found = {what: re.findall(pattern, source) for what, pattern in FORBIDDEN.items()}
    assert {what: hits for what, hits in found.items() if hits} == {}


@pytest.mark.parametrize("template", named(list(all_templates().values())))
def test_text_is_never_declared_safe(template: Template) -> None:
    raw = re.findall(r"\|\s*safe\b|Markup\(", template.source)
    assert not raw or template.name in SAFE_MARKUP


@pytest.mark.parametrize("template", named(pages()))
def test_templates_speak_htmx_4(template: Template) -> None:
    assert re.findall(OF_HTMX_2, template.source) == []


def test_the_lint_finds_what_it_forbids() -> None:
    sample = "<p style='x' onclick=\"y\" hx-on:click='z' title={{ t }}><script>1</script><style></style>"
    sample += "<b hx-trigger=\"click[ctrlKey]\" hx-vals='js:{}' href=\"javascript:x\">"
    found = {what for what, pattern in FORBIDDEN.items() if re.findall(pattern, sample)}
    assert found >= {"inline script", "inline style", "event handler", "hx-on", "trigger filter", "js: value"}
    assert "expression in an unquoted attribute" in found
