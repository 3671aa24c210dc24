"""Availability: oneself for absence, a supervisor for everything; nobody for others."""

from __future__ import annotations

from datetime import date

import pytest

from tickets.models import StaffProfile
from tickets.staffing import set_availability
from tickets.workflow.errors import Forbidden, Invalid, NotFound

pytestmark = pytest.mark.django_db


def said(**more):
    return {"takes_part": True, "away_from": "", "away_to": "", "stand_in": "", **more}


def test_one_says_when_one_is_away_and_who_stands_in(lin, chen) -> None:
    profile = set_availability(lin, lin.pk, said(away_from="2026-03-10", away_to="2026-03-12", stand_in=str(chen.pk)))
    assert (profile.away_from, profile.away_to, profile.stand_in_id) == (date(2026, 3, 10), date(2026, 3, 12), chen.pk)
    assert StaffProfile.objects.get(user=lin).stand_in == chen


def test_a_second_saying_empties_what_it_leaves_out_but_not_the_skills(lin, zhao) -> None:
    skills = {"categories": ["after_sale"], "languages": ["en"], "capacity": "5"}
    set_availability(zhao, lin.pk, said(away_from="2026-03-10", **skills))
    profile = set_availability(lin, lin.pk, said(takes_part=False))
    assert (profile.away_from, profile.takes_part) == (None, False)
    assert (profile.categories, profile.languages, profile.capacity) == (["after_sale"], ["en"], 5)
    assert set_availability(zhao, lin.pk, said()).categories == []


def test_nobody_sets_skills_for_themselves_or_anything_for_others(lin, chen, mei, zhao, sun) -> None:
    with pytest.raises(Invalid):
        set_availability(lin, lin.pk, said(capacity="1"))
    for actor, person in ((lin, chen), (mei, mei), (sun, lin)):
        with pytest.raises(Forbidden):
            set_availability(actor, person.pk, said())
    with pytest.raises(NotFound):
        set_availability(zhao, mei.pk, said())
    assert not StaffProfile.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"away_from": "2026-03-10", "away_to": "2026-03-09"}, "away_to"),
        ({"away_to": "2026-03-09"}, "away_from"),
        ({"away_from": "soon"}, "away_from"),
        ({"stand_in": "mei"}, "stand_in"),
        ({"categories": ["nothing"]}, "categories"),
        ({"languages": ["fr"]}, "languages"),
        ({"capacity": "20000"}, "capacity"),
    ],
)
def test_what_makes_no_sense_is_said_where_it_stands(wrong, field, lin, zhao, mei) -> None:
    if "stand_in" in wrong:
        wrong = {"stand_in": str(mei.pk)}
    with pytest.raises(Invalid) as caught:
        set_availability(zhao, lin.pk, said(**wrong))
    assert list(caught.value.errors) == [field]


def test_nobody_stands_in_for_themselves(lin) -> None:
    with pytest.raises(Invalid):
        set_availability(lin, lin.pk, said(stand_in=str(lin.pk)))
