"""HTML to PDF: the only place that knows WeasyPrint.

What a page may load is what we hand it: our print style sheets, the brand fonts, and pictures made in memory. Nothing
else is fetched, whatever a guest list manages to smuggle into a name (S-07).
"""

import logging
import re
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pydyf import Dictionary
from weasyprint import HTML
from weasyprint.document import Document, Page
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from webapp.core.child import ROOT, Progress
from webapp.core.text import grouped

POINTS_PER_MM = 72 / 25.4
MM_PER_PX = 25.4 / 96

TEMPLATES = ROOT / "templates"

# Folder and ending, both, of everything on disk that a page may load.
_SERVED = (
    (ROOT / "static" / "css" / "print", ".css", "text/css"),
    (ROOT / "static" / "vendor" / "fonts", ".woff2", "font/woff2"),
)
_MEMORY = "memory:"
_UNPRINTABLE = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


class PaperWarning(UserWarning):
    """WeasyPrint ignored or missed something: a mistake in our template. An error in tests."""


class RefusedError(ValueError):
    """A page asked for something we did not hand it."""


class OwnFilesOnly(URLFetcher):  # type: ignore[misc]  # weasyprint is published without types
    """Serves style sheets, fonts and named pictures; refuses every other address before anything is opened."""

    def __init__(self, images: Mapping[str, bytes]) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False)
        self._images = images

    def fetch(self, url: str, headers: Mapping[str, str] | None = None) -> URLFetcherResponse:
        """The bytes at `memory:<name>` or of one of our own files. Raises RefusedError for all else."""
        if url.startswith(_MEMORY) and (image := self._images.get(url.removeprefix(_MEMORY))):
            return URLFetcherResponse(url, image, {"Content-Type": "image/png"})
        return _own_file(url)


def _own_file(url: str) -> URLFetcherResponse:
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc:
        path = Path(unquote(parts.path)).resolve()
        for folder, ending, kind in _SERVED:
            if path.suffix == ending and path.is_relative_to(folder) and path.is_file():
                return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})
    raise RefusedError("not one of our own files")


@cache
def paper_templates() -> Environment:
    """Templates for paper: everything escaped, no request, no session; translated words come in as data."""
    loader = FileSystemLoader(TEMPLATES)
    paper = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, finalize=_printable)
    paper.globals["grouped"] = grouped
    return paper


def _printable(value: object) -> object:
    """Text without controls, which print as boxes, and without overrides that turn the text beside them around."""
    return _UNPRINTABLE.sub("", value) if isinstance(value, str) and not isinstance(value, Markup) else value


def render(
    pages: Sequence[str],
    images: Mapping[str, bytes],
    template: str,
    progress: Progress = lambda done, total: None,
    drawings: Sequence[str] = (),
    stamps: Mapping[str, str] = MappingProxyType({}),
) -> bytes:
    """One tagged PDF (PDF/UA-1) from HTML documents that follow each other; title and language are the first one's.

    `images` are PNGs, named in the HTML as `memory:<name>`. `template` is the file the HTML came from, so that its
    relative links work here as they do in a browser. `drawings` are PDF path operators for what CSS is a dear way to
    draw, one text for each sheet of paper, in millimetres from its top left corner, y downwards. `stamps` are the same
    for what moves with the text: by the id of the element whose top left corner they start from. Layout is done a
    document at a time, because WeasyPrint's cost grows faster than a document's length. A missing file is a
    PaperWarning.
    """
    fetcher = OwnFilesOnly(images)
    base = (TEMPLATES / template).as_uri()
    documents: list[Document] = []
    with _warnings_told():
        for number, page in enumerate(pages):
            progress(number, len(pages))
            html = HTML(string=page, base_url=base, url_fetcher=fetcher)
            documents.append(html.render(font_config=_fonts(), pdf_variant="pdf/ua-1"))
        whole = documents[0].copy([page for document in documents for page in document.pages])
        decoration = [
            f"{drawing} {' '.join(_stamped(page, stamps))}"
            for page, drawing in zip(whole.pages, drawings or [""] * len(whole.pages), strict=True)
        ]
        written: bytes = whole.write_pdf(finisher=lambda _, pdf: _draw(pdf, decoration), pdf_variant="pdf/ua-1")
    progress(len(pages), len(pages))
    return written


def _stamped(page: Page, stamps: Mapping[str, str]) -> Iterator[str]:
    """The stamps whose elements came to stand on this page, each in its place."""
    for name, (x, y, *_) in page.anchors.items():
        if name in stamps:
            yield f"q 1 0 0 1 {x * MM_PER_PX:.3f} {y * MM_PER_PX:.3f} cm {stamps[name]} Q"


def _draw(pdf: Any, drawings: Sequence[str]) -> None:
    """Add each drawing to its page, marked as decoration: what it says must stand in the text as well."""
    pages = [entry for entry in pdf.objects if isinstance(entry, Dictionary) and entry.get("Type") == "/Page"]
    for page, drawing in zip(pages, drawings, strict=True):
        if not drawing.strip():
            continue
        # WeasyPrint leaves its stream in points from the top left corner.
        stream = pdf.objects[int(page["Contents"].split()[0])]
        stream.stream.append(f"/Artifact BMC q {POINTS_PER_MM} 0 0 {POINTS_PER_MM} 0 0 cm {drawing} Q EMC".encode())


@cache
def _fonts() -> FontConfiguration:
    """Shared by all documents of a process: reading the fonts is a third of a small document's time."""
    return FontConfiguration()


@contextmanager
def _warnings_told() -> Iterator[None]:
    """What WeasyPrint logs while this thread renders becomes a PaperWarning each."""
    told: list[str] = []
    thread = threading.get_ident()
    handler = logging.Handler(logging.WARNING)
    handler.addFilter(lambda record: record.thread == thread)
    handler.emit = lambda record: told.append(record.getMessage())  # type: ignore[method-assign]  # one line, no class
    logger = logging.getLogger("weasyprint")
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)
    for message in told:
        warnings.warn(message, PaperWarning, stacklevel=3)
