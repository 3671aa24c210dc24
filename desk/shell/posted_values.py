"""From what a browser posted to what an operation takes: lists, structures, and moments with their zone said."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.http import QueryDict
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from lib.types import Context
from tickets.workflow import ACTIONS, Input
from tickets.workflow.vocabulary import DEMANDS, MONEY_REMEDIES, RETURNS

LISTS = ("names", "ids")
MOST_DIGITS = 18
EXCUSE = "unavailable_"


def action_input(action: str, post: QueryDict) -> Context:
    """The raw input of one action, as perform takes it. Nothing is checked here."""
    return inputs(ACTIONS[action].inputs, post)


def inputs(fields: Iterable[Input], post: QueryDict) -> Context:
    return {each.name: _one(each, post) for each in fields}


def _one(each: Input, post: QueryDict) -> object:
    if each.kind in LISTS:
        return post.getlist(each.name) or None
    if each.kind == "amounts":
        return {kind: post[f"amount_{kind}"] for kind in sorted(MONEY_REMEDIES | RETURNS) if post.get(f"amount_{kind}", "").strip()}
    if each.kind == "answers":
        given = {demand: post.get(f"answer_{demand}", "").strip() for demand in DEMANDS}
        return {demand: text for demand, text in given.items() if text}
    if each.kind == "points":
        said = {demand: post.get(f"point_{demand}", "").strip() for demand in DEMANDS}
        return [{"demand": demand, "text": text} for demand, text in said.items() if text]
    if each.kind == "unavailable":
        excuses = {name.removeprefix(EXCUSE): post.get(name, "").strip() for name in post if name.startswith(EXCUSE)}
        return [{"kind": kind, "reason": text} for kind, text in excuses.items() if text]
    if each.kind == "remedies":
        return remedies(post)
    value = post.get(each.name)
    return local_moment(value) if each.kind == "instant" and value else value


def remedies(post: QueryDict) -> list[dict[str, str]]:
    """A row with an amount and no kind is kept: the operation says what it lacks."""
    rows = zip(post.getlist("remedy_kind"), post.getlist("remedy_amount"), strict=False)
    return [{"kind": kind, "amount": amount.strip()} for kind, amount in rows if kind or amount.strip()]


def whole(text: str) -> int | None:
    """A number as a form of ours sends it. None for anything else, and for one that no column holds."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else None


def local_moment(text: str) -> str:
    """What a datetime-local input sends, with the viewer's zone; anything else as it came."""
    moment = _parse_moment(text)
    if moment is None or moment.tzinfo is not None:
        return text
    return timezone.make_aware(moment, timezone.get_current_timezone()).isoformat()


def _parse_moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text.strip())
    except ValueError:
        return None
