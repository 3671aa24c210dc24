"""What somebody signed in was shown stays with them: leaving takes away what the browser still has. Every page: test_who_gets_in."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

pytestmark = pytest.mark.django_db


def test_the_admin_s_pages_are_kept_by_nobody(admin_person, client: Client):
    client.force_login(admin_person)
    assert "no-store" in client.get(reverse("admin:index"))["Cache-Control"]


def test_a_stranger_s_pages_and_files_are_left_alone(client: Client):
    assert "Cache-Control" not in client.get(reverse("portal:home"))
    assert "no-store" not in client.get("/static/css/site.css").get("Cache-Control", "")


def test_what_was_typed_before_signing_in_is_kept_by_nobody_either(client: Client):
    session = client.session
    session["typed"] = "words"
    session.save()
    assert client.get(reverse("portal:home"))["Cache-Control"] == "private, no-store"


def test_leaving_takes_away_what_the_browser_still_has(mei, client: Client):
    client.force_login(mei)
    left = client.post(reverse("account_logout"))
    assert left["Cache-Control"] != ""
    assert left["Clear-Site-Data"] == '"cache"'
    assert "Clear-Site-Data" not in client.get(reverse("portal:home"))
