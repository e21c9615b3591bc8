"""Paper loads what we hand it and nothing else (S-07), says who it is, and does not hide a mistake in a template."""

import io
import re
import threading
import zlib
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pypdfium2
import pytest
import weasyprint
from PIL import Image

from webapp.core.pdf import TEMPLATES, OwnFilesOnly, PaperWarning, RefusedError, render

TEMPLATE = "badges/print/badges.html"
# {host} answers and keeps count; {secret} is a file that anyone running WeasyPrint unguarded could read.
SNIPPETS = (
    '<img src="http://{host}/1.png">',
    '<link rel="stylesheet" href="http://{host}/2.css">',
    "<style>@import url(http://{host}/3.css);</style>",
    "<style>@font-face {{ font-family: x; src: url(http://{host}/4.woff2) }} p {{ font-family: x }}</style>",
    '<div style="background: url(http://{host}/5.png)">x</div>',
    '<link rel="attachment" href="file://{secret}">',
    '<a rel="attachment" href="http://{host}/7.txt">x</a>',
    '<img src="file://{secret}">',
    '<object data="http://{host}/9.png">x</object>',
    '<svg xmlns:xlink="http://www.w3.org/1999/xlink"><image width="9" height="9" xlink:href="http://{host}/10.png"/></svg>',
    '<embed src="http://{host}/11.png">',
)


class Listener:
    """A web server on loopback that answers everything and remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        asked = self.asked

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked.append(self.path)
                self.send_response(404)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        self.host = f"127.0.0.1:{self.server.server_port}"


def unpacked(pdf: bytes) -> bytes:
    """The file with its compressed streams opened, where the catalogue and the structure are."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", pdf, re.DOTALL)
    return pdf + b"".join(zlib.decompressobj().decompress(stream) for stream in streams if stream.startswith(b"x"))


@pytest.fixture
def listener() -> Iterator[Listener]:
    made = Listener()
    thread = threading.Thread(target=made.server.serve_forever)
    thread.start()
    yield made
    made.server.shutdown()
    made.server.server_close()
    thread.join()


@pytest.fixture
def hostile(listener: Listener, tmp_path: Path) -> str:
    secret = tmp_path / "secret.txt"
    secret.write_text("the master key")
    body = "".join(snippet.format(host=listener.host, secret=secret) for snippet in SNIPPETS)
    return f'<!doctype html><html lang="en"><title>Hostile</title><body><p>text</p>{body}'


def test_markup_from_outside_fetches_nothing(hostile: str, listener: Listener) -> None:
    with pytest.warns(PaperWarning) as told:
        pdf = render([hostile], {}, TEMPLATE)
    assert listener.asked == []
    assert b"/EmbeddedFile" not in unpacked(pdf)
    assert len(told) >= 8


def test_without_our_fetcher_the_same_markup_does_fetch(hostile: str, listener: Listener) -> None:
    """The canary: were this zero too, the test above would prove nothing."""
    pdf = weasyprint.HTML(string=hostile).write_pdf()
    assert len(listener.asked) >= 7
    assert b"/EmbeddedFile" in unpacked(pdf)


@pytest.mark.parametrize(
    "url",
    [
        (TEMPLATES / "badges/print/badges.html").as_uri(),
        (TEMPLATES.parent / "pyproject.toml").as_uri(),
        (TEMPLATES.parent / "static/css/print").as_uri() + "/../../../pyproject.toml",
        (TEMPLATES.parent / "static/css/print").as_uri() + "/%2e%2e/%2e%2e/%2e%2e/pyproject.toml",
        "file://elsewhere" + str(TEMPLATES.parent / "static/css/print/paper.css"),
        "memory:unknown",
        "data:text/css,p{}",
        "ftp://127.0.0.1/x",
    ],
)
def test_only_our_own_print_files_are_served(url: str) -> None:
    with pytest.raises(RefusedError):
        OwnFilesOnly({}).fetch(url)


def test_a_style_sheet_beside_the_template_and_a_picture_in_memory_are_served() -> None:
    css = (TEMPLATES.parent / "static/css/print/paper.css").as_uri()
    assert b"@font-face" in OwnFilesOnly({}).fetch(css).read()
    assert OwnFilesOnly({"logo": b"png"}).fetch("memory:logo").read() == b"png"


def test_a_link_out_of_the_served_folder_is_not_followed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, secret = tmp_path / "print", tmp_path / "secret.css"
    folder.mkdir()
    secret.write_text("secret")
    (folder / "link.css").symlink_to(secret)
    monkeypatch.setattr("webapp.core.pdf._SERVED", ((folder, ".css", "text/css"),))
    with pytest.raises(RefusedError):
        OwnFilesOnly({}).fetch((folder / "link.css").as_uri())


def test_a_document_is_tagged_and_tells_its_title_and_language() -> None:
    pdf = render(['<!doctype html><html lang="pt"><title>Crachás</title><body><p>Olá</p>'], {}, TEMPLATE)
    assert pypdfium2.PdfDocument(pdf).get_metadata_dict()["Title"] == "Crachás"
    told = unpacked(pdf)
    assert b"/Lang (pt)" in told
    assert b"/StructTreeRoot" in told
    assert b"pdfuaid:part" in told


def test_a_mistake_in_a_style_sheet_is_told() -> None:
    page = '<!doctype html><html lang="en"><title>x</title><style>p { text-shadow: 0 0 3px red }</style><p>x</p>'
    with pytest.warns(PaperWarning, match="text-shadow"):
        render([page], {}, TEMPLATE)


def test_a_drawing_lands_on_its_page_in_millimetres_from_the_top_left() -> None:
    page = '<!doctype html><html lang="en"><title>x</title><style>@page { size: 50mm 100mm }</style><p>x</p>'
    pdf = render([page, page], {}, TEMPLATE, drawings=["0 g 5 80 10 10 re f", ""])
    pictures = [sheet.render(scale=72 / 25.4).to_pil().convert("L") for sheet in pypdfium2.PdfDocument(pdf)]
    scale = 72 / 25.4 * 72 / 25.4
    inside, outside = (10 * scale, 85 * scale), (20 * scale, 85 * scale)
    assert [picture.getpixel(tuple(map(round, inside))) for picture in pictures] == [0, 255]
    assert pictures[0].getpixel(tuple(map(round, outside))) == 255


def test_a_stamp_stands_where_its_element_came_to_stand() -> None:
    style = "<style>@page { size: 50mm 100mm; margin: 10mm } body, p, div { margin: 0 } p, div { height: 19mm }</style>"
    html = f'<!doctype html><html lang="en"><title>x</title>{style}'
    stamps = {"early": "0 g 0 0 10 10 re f", "late": "0 g 0 0 10 10 re f", "nowhere": "0 g 0 0 50 100 re f"}
    body = '<p>x</p><div id="early"></div><p>x</p><p>x</p><p>x</p><p>x</p><div id="late"></div>'
    pdf = render([html + body], {}, TEMPLATE, stamps=stamps)
    first, second = [sheet.render(scale=72 / 25.4).to_pil().convert("L") for sheet in pypdfium2.PdfDocument(pdf)]
    scale = 72 / 25.4 * 72 / 25.4
    places = [(round(15 * scale), round(middle * scale)) for middle in (35, 55)]
    assert [[sheet.getpixel(place) for place in places] for sheet in (first, second)] == [[0, 255], [255, 0]]


def test_progress_counts_documents_and_ends_when_the_file_is_written() -> None:
    steps: list[tuple[int, int]] = []
    page = '<!doctype html><html lang="en"><title>x</title><p>x</p>'
    file = io.BytesIO()
    Image.new("1", (1, 1)).save(file, "PNG")
    render([page, page], {"x": file.getvalue()}, TEMPLATE, lambda *step: steps.append(step))
    assert steps == [(0, 2), (1, 2), (2, 2)]
