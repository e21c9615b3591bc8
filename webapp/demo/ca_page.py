"""What a phone must have before it can trust `bin/demo --https`: a page of steps and the certificate, over plain http.

Three addresses and no other, made before the server starts: nothing that is kept on this machine can be asked for.
"""

import re
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from flask import Flask, render_template

from webapp.demo.authority import Authority
from webapp.web.builds import STATIC

PAGE, STYLE, CERTIFICATE = "/ca", "/ca.css", "/mixwell-demo-ca.crt"
SHEETS = ("tokens", "base", "layout", "parts/controls", "parts/surfaces")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}

_FONT = re.compile(r"@font-face \{.*?\n\}\n", re.S)

Answers = dict[str, tuple[str, bytes]]


def answers_for(app: Flask, authority: Authority, address: str) -> Answers:
    """Path → type and content of everything there is; `address` is where the demo is at home."""
    ends = authority.certificate.not_valid_after_utc
    with app.test_request_context("/"):
        facts = {"fingerprint": authority.fingerprint, "address": address, "ends": ends}
        page = render_template("demo/ca.html", style=STYLE, certificate=CERTIFICATE, **facts)
    # The letters of the house lie behind https; the phone's own do.
    style = "".join(_FONT.sub("", (STATIC / f"css/{sheet}.css").read_text()) for sheet in SHEETS)
    return {
        PAGE: ("text/html; charset=utf-8", page.encode()),
        STYLE: ("text/css; charset=utf-8", style.encode()),
        CERTIFICATE: ("application/x-x509-ca-cert", authority.file),
    }


class _Door(BaseHTTPRequestHandler):
    """GET and HEAD of what is in `answers`."""

    answers: Answers

    def do_GET(self) -> None:  # the name http.server looks for
        kind, content = self.answers.get(self.path, ("text/plain; charset=utf-8", b"Look at /ca\n"))
        self.send_response(200 if self.path in self.answers else 404)
        for name, value in HEADERS.items():
            self.send_header(name, value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(content)

    do_HEAD = do_GET  # noqa: N815  # as above

    def version_string(self) -> str:
        """Nobody needs to know what we are made of."""
        return "Mixwell"

    def log_message(self, format: str, *words: object) -> None:  # noqa: A002  # its name in http.server
        """Nothing: phones are not written down."""


def open_door(answers: Answers, host: str, port: int) -> ThreadingHTTPServer:
    """Answer on this port from now on, in a thread that ends with the process."""
    server = ThreadingHTTPServer((host, port), type("Door", (_Door,), {"answers": answers}))
    Thread(target=server.serve_forever, daemon=True).start()
    return server
