"""Pages and answers to programs are compressed on their way; files are not."""

import gzip
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

pytestmark = pytest.mark.django_db
TAKES_GZIP = {"accept-encoding": "gzip, br"}


def test_a_page_is_compressed_for_who_takes_it():
    plain = Client().get("/freeze/")
    answer = Client().get("/freeze/", headers=TAKES_GZIP)
    assert answer["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in answer["Vary"]
    assert len(answer.content) < len(plain.content) / 2
    assert gzip.decompress(answer.content).startswith(b"<!doctype html>")
    assert "Content-Encoding" not in plain.headers


def test_an_answer_to_a_program_is_compressed_too():
    plain = Client().get("/api/v1/categories/")
    answer = Client().get("/api/v1/categories/", headers=TAKES_GZIP)
    assert answer["Content-Encoding"] == "gzip"
    assert len(answer.content) < len(plain.content) / 3
    assert gzip.decompress(answer.content) == plain.content
    assert Client().get("/api/v1/categories/", headers={**TAKES_GZIP, "if-none-match": answer["ETag"]}).status_code == 304


def test_the_size_of_a_page_does_not_say_what_is_on_it():
    """BREACH compares sizes: the same page comes in several."""
    sizes = {len(Client().get("/freeze/", headers=TAKES_GZIP).content) for _ in range(8)}
    assert len(sizes) > 1


def test_pages_of_the_customer_load_htmx_only_where_they_use_it():
    """What needs it says so with an hx- attribute, and has to bring its script back (templates/jinja2/portal/base.html)."""
    pages = {page: page.read_text() for page in (Path(settings.BASE_DIR) / "templates" / "jinja2" / "portal").rglob("*.html")}
    using = {page.name for page, text in pages.items() if " hx-" in text}
    assert using == {page.name for page, text in pages.items() if "{{ htmx_script() }}" in text} == {"home.html"}
    assert b"htmx-2" not in Client().get("/freeze/").content


def test_style_sheets_are_compressed_where_collectstatic_has_not_run():
    plain = b"".join(Client().get("/static/css/customer.css").streaming_content)
    answer = Client().get("/static/css/customer.css", headers=TAKES_GZIP)
    small = b"".join(answer.streaming_content)
    assert answer["Content-Encoding"] == "gzip"
    assert gzip.decompress(small) == plain
    assert len(small) < 15_000 < len(plain)


def test_a_page_asks_for_one_style_sheet():
    for path, sheet in (("/", "customer"), ("/freeze/", "customer"), ("/accounts/login/", "site")):
        assert re.findall(r'href="/static/css/(\w+)', Client().get(path).content.decode()) == [sheet], path
