"""On the home screen: a manifest that a browser takes, icons of the size it names, a worker that keeps open pages alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import resolve
from PIL import Image

from portal.tests.conftest import text_of
from portal.views.installed import FILES, ICONS

pytestmark = pytest.mark.django_db


def told(client) -> dict:
    head = client.get("/offline-worker.js").text.split(";\n", 1)[0]
    return json.loads(head.removeprefix("self.kept = "))


def test_the_manifest_in_the_readers_language(browser_of):
    answer = browser_of(None, "en").get("/manifest.webmanifest")
    assert answer["Content-Type"] == "application/manifest+json"
    said = answer.json()
    assert (said["name"], said["lang"], said["display"], said["start_url"]) == ("Supportdesk", "en", "standalone", "/")
    assert browser_of(None).get("/manifest.webmanifest").json()["lang"] == "zh-Hans"
    assert said["shortcuts"][0]["url"] == "/freeze/"


@pytest.mark.parametrize(("path", "sizes", "_purpose"), ICONS)
def test_icons_are_as_large_as_they_say(path, sizes, _purpose):
    with Image.open(Path(finders.find(path))) as picture:
        assert f"{picture.width}x{picture.height}" == sizes


def test_the_worker_keeps_pages_without_a_person_in_their_address(browser_of):
    said = told(browser_of(None))
    assert said["pages"] == ["/", "/freeze/", "/file/", "/follow/"]
    assert all(not resolve(path).kwargs for path in said["pages"])
    assert all(finders.find(path) for path in FILES)
    assert said["prefix"] == settings.STATIC_URL


def test_another_language_is_another_worker(browser_of):
    chinese, english = told(browser_of(None)), told(browser_of(None, "en"))
    assert chinese["offline"] == "/offline/zh-hans/"
    assert english["offline"] == "/offline/en/"
    assert chinese["name"] != english["name"]


def test_the_page_without_a_network_is_nobodys(mei):
    page = Client().get("/offline/en/", headers={"accept-language": "zh-CN"})
    assert '<html lang="en"' in text_of(page)
    assert "No network just now" in text_of(page)
    assert "sessionid" not in page.cookies
    assert Client().get("/offline/fr/").status_code == 404
