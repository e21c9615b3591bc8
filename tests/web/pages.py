"""What every page of ours keeps, checked on its bytes: `visit()` fetches one and returns what is wrong with it."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
from flask.testing import FlaskClient

_HTML = "{http://www.w3.org/1999/xhtml}"
_LABELLED = {"input", "select", "textarea"}
_NEED_NO_LABEL = {"hidden", "submit", "button", "image", "reset"}


@dataclass(frozen=True)
class Page:
    """A page as a browser reads it, and what is wrong with it."""

    path: str
    text: str
    tree: Element
    faults: list[str]


def visit(client: FlaskClient, path: str, **request: Any) -> Page:
    """This page, as a browser would parse it."""
    return read_page(path, client.get(path, **request).get_data(as_text=True))


def read_page(path: str, text: str) -> Page:
    """Parse a page by the rules of HTML and look for everything that our pages never have."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=True)
    tree = parser.parse(text)
    faults = [f"line {place[0]}: {code} {values}" for place, code, values in parser.errors]
    page = Page(path, text, tree, faults)
    for check in (_outline, _ids, _fields, _forms, _behaviour, _references):
        faults += check(tree)
    return page


def elements(tree: Element) -> Iterator[tuple[str, Element]]:
    """Local names and elements, in the order of the document."""
    for element in tree.iter():
        if isinstance(element.tag, str):
            yield element.tag.removeprefix(_HTML), element


def _outline(tree: Element) -> Iterator[str]:
    titles = [
        element.text or "" for name, element in elements(tree) if name == "title" and element.tag.startswith(_HTML)
    ]
    if len(titles) != 1 or not titles[0].replace("· Mixwell", "").strip():
        yield f"title is {titles}"
    headings = sum(name == "h1" for name, _ in elements(tree))
    if headings != 1:
        yield f"{headings} h1"
    if sum(name == "main" for name, _ in elements(tree)) != 1:
        yield "not exactly one main"
    html = next(element for name, element in elements(tree) if name == "html")
    if not html.get("lang") or html.get("dir") not in {"ltr", "rtl"}:
        yield "no language or direction"


def _ids(tree: Element) -> Iterator[str]:
    counted = Counter(element.get("id") for _, element in elements(tree) if element.get("id") is not None)
    yield from (f"id {name!r} {times} times" for name, times in counted.items() if times > 1 or not name)


def _fields(tree: Element) -> Iterator[str]:
    named = {element.get("for") for name, element in elements(tree) if name == "label"}
    inside = {id(field) for name, label in elements(tree) if name == "label" for field in label.iter()}
    for name, field in elements(tree):
        if name not in _LABELLED or field.get("type") in _NEED_NO_LABEL:
            continue
        if not (
            field.get("aria-label") or field.get("aria-labelledby") or id(field) in inside or field.get("id") in named
        ):
            yield f"{name} {field.get('name')!r} has no label"
    for name, button in elements(tree):
        if name in {"button", "a"} and not _spoken(button):
            yield f"{name} {button.attrib} says nothing"


def _spoken(element: Element) -> str:
    """What a screen reader has to say of a button or link."""
    pictures = " ".join(part.get("alt", "") + part.get("aria-label", "") for part in element.iter())
    return " ".join([*element.itertext(), pictures]).strip()


def _forms(tree: Element) -> Iterator[str]:
    for name, form in elements(tree):
        if name != "form":
            continue
        if not form.get("action") or form.get("method", "get") not in {"get", "post"}:
            yield f"form {form.attrib} has no action or method"
        if not any(part.tag == f"{_HTML}button" or part.get("type") == "submit" for part in form.iter()):
            yield f"form {form.get('action')} cannot be sent without script"


def _behaviour(tree: Element) -> Iterator[str]:
    for name, element in elements(tree):
        if name == "script" and not element.get("src"):
            yield "inline script"
        if name == "style" or element.get("style") is not None:
            yield f"inline style on {name}"
        handlers = [key for key in element.attrib if key.startswith(("on", "hx-on"))]
        if handlers:
            yield f"{handlers} on {name}"
        addresses = [str(element.get(key, "")) for key in ("href", "src", "action", "formaction")]
        if any(address.lower().startswith(("javascript:", "data:", "//")) for address in addresses):
            yield f"{name} leads to {addresses}"


def _references(tree: Element) -> Iterator[str]:
    known = {element.get("id") for _, element in elements(tree)}
    for name, element in elements(tree):
        for key in ("aria-labelledby", "aria-describedby", "aria-controls", "for", "list", "form"):
            missing = [word for word in element.get(key, "").split() if word not in known]
            if missing:
                yield f"{key} of {name} names {missing}, which is not there"
