"""The tour leaves out no page: each address of the desk and the portal that answers a GET is on it, or says why not."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.urls import URLPattern, resolve, reverse

import desk.urls
import portal.urls
from browser import tour

# Something that fits each kind of place in an address.
FITTING = {"RefConverter": "TS-20260101-000001", "IntConverter": 1, "UUIDConverter": "00000000-0000-4000-8000-000000000000"}


def names_that_answer_a_get(client: Client) -> Iterator[str]:
    """Anything but 405 is an answer: a visitor is sent to sign in, or finds nothing there."""
    for door in (desk.urls, portal.urls):
        for pattern in door.urlpatterns:
            assert isinstance(pattern, URLPattern)
            name = f"{door.app_name}:{pattern.name}"
            places = {key: FITTING.get(type(each).__name__, "x") for key, each in pattern.pattern.converters.items()}
            if client.get(reverse(name, kwargs=places)).status_code != 405:
                yield name


def names_on_the_tour() -> set[str]:
    stops = [*tour.ANYONE, *tour.of_admin()]
    for email in tour.CUSTOMERS:
        stops += tour.of_customer(email)
    for email in tour.STAFF:
        stops += tour.of_desk(email)
    return {resolve(address.partition("?")[0]).view_name for _name, address in stops}


def test_every_page_is_on_the_tour_or_says_why_not(furnished: None, client: Client) -> None:
    toured, answering = names_on_the_tour(), set(names_that_answer_a_get(client))
    assert answering - toured - set(tour.NO_PAGES) == set(), "neither on the tour nor excused"
    assert set(tour.NO_PAGES) - answering == set(), "excused and not there"
    assert set(tour.NO_PAGES) & toured == set(), "excused and on the tour"
