"""HTML to PDF: the only place that knows WeasyPrint.

What a page may load is what we hand it: our print style sheets, the brand fonts, and pictures made in memory. Nothing
else is fetched, whatever a guest list manages to smuggle into a name (S-07).
"""

import logging
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from weasyprint import HTML
from weasyprint.document import Document
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import URLFetcher, URLFetcherResponse

from webapp.core.child import ROOT, Progress

TEMPLATES = ROOT / "templates"

# Folder and ending, both, of everything on disk that a page may load.
_SERVED = (
    (ROOT / "static" / "css" / "print", ".css", "text/css"),
    (ROOT / "static" / "vendor" / "fonts", ".woff2", "font/woff2"),
)
_MEMORY = "memory:"


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
    return Environment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)


def render(
    pages: Sequence[str],
    images: Mapping[str, bytes],
    template: str,
    progress: Progress = lambda done, total: None,
) -> bytes:
    """One tagged PDF (PDF/UA-1) from HTML documents that follow each other; title and language are the first one's.

    `images` are PNGs, shown by `src="memory:<name>"`. `template` is the file the HTML came from, so that its relative
    links work here as they do in a browser. Layout is done document by document, because WeasyPrint's cost grows faster
    than the length of one document. Raises nothing for a missing file but warns with PaperWarning.
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
        written: bytes = whole.write_pdf(pdf_variant="pdf/ua-1")
    progress(len(pages), len(pages))
    return written


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
