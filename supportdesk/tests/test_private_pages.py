"""What somebody signed in was shown stays with them: no cache keeps it, and leaving takes away what the browser still has."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.resolvers import RoutePattern

pytestmark = pytest.mark.django_db
FILLED = {"ref": "TS-20260310-000001", "int": "1", "uuid": "00000000-0000-0000-0000-000000000001", "slug": "x", "str": "x", "path": "x"}
LEAVES = {"account_logout"}


def addresses(resolver: Any = None, before: str = "/") -> Iterator[str]:
    """Every address of ours, its variable parts filled in. The admin's are one view's, and the API has a header of its own."""
    for each in (resolver or get_resolver()).url_patterns:
        if not isinstance(each.pattern, RoutePattern):
            continue
        route = before + str(each.pattern._route)
        if isinstance(each, URLResolver):
            yield from addresses(each, route)
        elif isinstance(each, URLPattern) and each.name not in LEAVES and not route.startswith(("/admin/", "/api/")):
            yield fill(route)


def fill(route: str) -> str:
    while "<" in route:
        start, end = route.index("<"), route.index(">")
        converter = route[start + 1 : end].rpartition(":")[0] or "str"
        route = route[:start] + FILLED.get(converter, "1") + route[end + 1 :]
    return route


@pytest.mark.sqlite
def test_no_page_of_somebody_signed_in_may_be_kept(mei, zhao):
    """Whatever the answer is: a page, a way on, or that there is nothing."""
    walked = list(addresses())
    kept = []
    for person, at_the_desk in ((mei, False), (zhao, True)):
        browser = Client(raise_request_exception=False)
        browser.force_login(person)
        for address in walked:
            if address.startswith("/desk/") is at_the_desk and "no-store" not in browser.get(address).get("Cache-Control", ""):
                kept.append(address)
    assert kept == []
    assert len(walked) > 100


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


def test_the_walk_fills_every_address():
    assert [address for address in itertools.islice(addresses(), 1000) if "<" in address] == []
