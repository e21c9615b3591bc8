"""Pages travel small, to whoever can read them so."""

import gzip

import brotli
import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(("accepted", "unpack"), [("gzip, deflate, br", brotli.decompress), ("gzip", gzip.decompress)])
def test_a_page_is_the_same_however_it_travels(client: FlaskClient, accepted: str, unpack: object) -> None:
    plain = client.get("/sign-in")
    packed = client.get("/sign-in", headers={"Accept-Encoding": accepted})
    assert callable(unpack)
    assert unpack(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) / 2
    assert "Accept-Encoding" in packed.vary
    assert int(packed.headers["Content-Length"]) == len(packed.data)


@pytest.mark.parametrize("accepted", ["", "identity", "br;q=0, gzip;q=0", "zstd"])
def test_who_reads_neither_gets_the_page_as_it_is(client: FlaskClient, accepted: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in answer.headers
    assert "Accept-Encoding" in answer.vary
    assert "<!doctype html>" in answer.text


@pytest.mark.parametrize("path", ["/manifest.webmanifest", "/offline"])
def test_what_is_no_page_or_has_a_tag_of_its_bytes_is_left_alone(client: FlaskClient, path: str) -> None:
    assert "Content-Encoding" not in client.get(path, headers={"Accept-Encoding": "br"}).headers
