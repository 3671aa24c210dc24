"""One item in the viewer: what is shown of it, and the addresses that turn and enlarge it. Plain links; a script makes them quick."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from desk.shell.formatting import moment_text
from desk.shell.labels import ITEM_STATE, VERDICT
from desk.ticket.presenters.evidence import PICTURES, fields_of, listed_fields, size_text
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.operations import (
    content,
    is_masked,
    lacks_consent,
    may_view,
    near_elsewhere,
    same_file_elsewhere,
    same_number_elsewhere,
    unmask,
)  # fmt: skip
from evidence.words import purpose, reason, remarks
from lib.types import Context, Text
from tickets.cases.case import Case
from tickets.words import EVIDENCE_KIND
from tickets.workflow import Refusal

ZOOMS = (100, 150, 200, 300, 400, 600)
TURNS = (0, 90, 180, 270)
SHEET = (1414, 2000)  # where nobody has measured it
# What a picture fits: whichever reads better, the whole of it, its width. A screenshot that was scrolled is so many times as high as wide.
FITS = AS_IT_IS, PAGE, WIDTH = (0, 1, 2)
SCROLLED = 3


@dataclass(frozen=True)
class ViewerState:
    """What the address says: which item, beside which other, how large and how turned each stands, which page, and why one looks.

    `open` is the item that was masked and is asked for: another one is asked for anew.
    """

    item: int = 0
    zoom: int = ZOOMS[0]
    turn: int = 0
    fit: int = AS_IT_IS
    beside: int = 0
    zoom2: int = ZOOMS[0]
    turn2: int = 0
    fit2: int = AS_IT_IS
    page: int = 1
    page2: int = 1
    open: int = 0
    open2: int = 0
    why: str = ""
    more: str = ""

    @property
    def purpose(self) -> str:
        return purpose(self.why, self.more)

    def query(self, **changed: Any) -> str:
        """The address's parameters, without those that say nothing."""
        said = asdict(replace(self, **changed))
        return urlencode({name: value for name, value in said.items() if value != getattr(ViewerState, name)})


def view_of(asked: QueryDict) -> ViewerState:
    """What is no item, size or turn counts as not said."""
    numbers = {name: int(said) for name in NUMBERS if (said := asked.get(name, "")).isdecimal() and len(said) < 16}
    known = {name: value for name, value in numbers.items() if value in CHOICES.get(name, (value,))}
    return ViewerState(**known, why=asked.get("why", ""), more=asked.get("more", "")[:200])


NUMBERS = [each.name for each in fields(ViewerState) if each.name not in ("why", "more")]
CHOICES: Mapping[str, Sequence[int]] = {"zoom": ZOOMS, "zoom2": ZOOMS, "turn": TURNS, "turn2": TURNS, "fit": FITS, "fit2": FITS}


@dataclass(frozen=True)
class Side:
    """The names of the address's parameters for one of the two pictures."""

    item: str
    zoom: str
    turn: str
    fit: str
    page: str
    open: str


LEFT, RIGHT = Side("item", "zoom", "turn", "fit", "page", "open"), Side("beside", "zoom2", "turn2", "fit2", "page2", "open2")


def pane(case: Case, item: EvidenceItem, viewer: User, view: ViewerState, side: Side) -> Context:
    """What the template needs of one item. Text is read here, and that is a look that is recorded like any other."""
    item.ticket = case.ticket
    looks = may_view(viewer, item)
    mode = _mode(case, item, viewer, view, side, looks=looks)
    shown = {
        "id": item.pk,
        "name": EVIDENCE_KIND.get(item.kind, item.kind),
        "state": ITEM_STATE[item.state],
        "why": reason(item.reason, case.policy, KINDS[item.kind].forms),
        "at": moment_text(item.uploaded_at),
        "size": size_text(item.size) if item.has_file else "",
        "hash": item.sha256[:12],
        "remarks": remarks(item.remarks) if looks and item.state == "clean" else [],
        "fields": _fields(item, viewer, view, side) if looks else [],
        "verdict": VERDICT.get(item.verdict, ""),
        "verdict_tone": "good" if item.verdict == "accepted" else "bad",
        "verdict_reason": item.verdict_reason,
        "sensitive": KINDS[item.kind].is_sensitive,
        "has_number": looks and bool(item.secret),
        "mode": mode,
        "numbers": (getattr(view, side.zoom), getattr(view, side.turn)),
        "links": _links(view, side),
        "open": view.query(**{side.open: item.pk}),
    }
    return shown | _inside(mode, item, viewer, view, side)


def _fields(item: EvidenceItem, viewer: User, view: ViewerState, side: Side) -> list[tuple[Text, object]]:
    """As typed where they were asked for; that is recorded, whether its picture is fetched or not. (Text is read with the page anyway.)"""
    if not is_masked(viewer, item) or getattr(view, side.open) != item.pk or item.state != "clean":
        return listed_fields(item, viewer)
    return fields_of(unmask(viewer, item.pk).fields if item.fields and item.has_file else item.fields)


def _mode(case: Case, item: EvidenceItem, viewer: User, view: ViewerState, side: Side, *, looks: bool) -> str:
    """hidden, gone (or not there yet), unagreed, ask (say why first), masked, picture, paper, text or nothing (only typed fields)."""
    if not looks:
        return "hidden"
    if item.state != "clean":
        return "gone"
    if lacks_consent(viewer, item):
        return "unagreed"
    if KINDS[item.kind].is_sensitive and (item.safe or item.secret) and viewer.pk != case.ticket.owner_id and not view.purpose:
        return "ask"
    if is_masked(viewer, item) and (item.has_file or item.text or item.fields) and getattr(view, side.open) != item.pk:
        return "masked"
    if item.safe and item.safe_type in PICTURES:
        return "picture"
    if item.safe and item.safe_type == "application/pdf":
        return "paper"
    return "text" if item.safe or item.text else "nothing"


def _inside(mode: str, item: EvidenceItem, viewer: User, view: ViewerState, side: Side) -> Context:
    said = f"?{urlencode({'purpose': view.purpose})}" if view.purpose and KINDS[item.kind].is_sensitive else ""
    address = reverse("evidence:show", args=[item.pk]) + said
    if mode == "picture":
        return {"address": address, **_frame_and_fit(item.width or 0, item.height or 0, view, side)}
    if mode == "text":
        try:
            return {"text": content(viewer, item.pk, view.purpose).data.decode(errors="replace")}
        except Refusal:
            return {"mode": "broken"}
    if mode == "paper":
        return {"whole": address, **_page(item, view, side)}
    return {}


def _page(item: EvidenceItem, view: ViewerState, side: Side) -> Context:
    """One page of a PDF, as a picture on a sheet like the first; a page of another shape stands whole upon it."""
    pages = item.pages or 1
    number = min(max(1, getattr(view, side.page)), pages)
    return {
        "address": reverse("evidence:page", args=[item.pk, number]),
        **_frame_and_fit(item.width or SHEET[0], item.height or SHEET[1], view, side),
        "place": _("Page %(number)s of %(pages)s") % {"number": number, "pages": pages},
        "before": view.query(**{side.page: number - 1}) if number > 1 else "",
        "after": view.query(**{side.page: number + 1}) if number < pages else "",
    }


def _frame_and_fit(width: int, height: int, view: ViewerState, side: Side) -> Context:
    """The picture as it is turned, and whether it fills the width: as was asked, or because it could not be read whole."""
    turn, fit = getattr(view, side.turn), getattr(view, side.fit)
    across, down = (height, width) if turn in (90, 270) else (width, height)
    return {"frame": frame(width, height, turn), "wide": down > SCROLLED * across if fit == AS_IT_IS else fit == WIDTH}


def frame(width: int, height: int, turn: int) -> Context:
    """An SVG's view box and the transform of the picture in it: turned without a style, and laid out as it then stands."""
    across, down = (height, width) if turn in (90, 270) else (width, height)
    move = {
        0: "",
        90: f"translate({height} 0) rotate(90)",
        180: f"translate({width} {height}) rotate(180)",
        270: f"translate(0 {width}) rotate(270)",
    }
    return {"box": f"0 0 {across} {down}", "transform": move[turn], "width": width, "height": height}


def _links(view: ViewerState, side: Side) -> dict[str, str]:
    zoom, turn = getattr(view, side.zoom), getattr(view, side.turn)
    place = ZOOMS.index(zoom)
    return {
        "in": view.query(**{side.zoom: ZOOMS[min(place + 1, len(ZOOMS) - 1)]}),
        "out": view.query(**{side.zoom: ZOOMS[max(place - 1, 0)]}),
        "fit": view.query(**{side.zoom: ZOOMS[0], side.turn: 0, side.fit: PAGE}),
        "width": view.query(**{side.zoom: ZOOMS[0], side.fit: WIDTH}),
        "left": view.query(**{side.turn: (turn - 90) % 360}),
        "right": view.query(**{side.turn: (turn + 90) % 360}),
    }


def hints(case: Case, viewer: User, items: Sequence[EvidenceItem]) -> dict[int, list[str]]:
    """By item: that it was seen before. Never where, and never whose."""
    told = [item for item in items if may_view(viewer, item)]
    found: dict[int, list[str]] = {}
    same = same_file_elsewhere(told)
    for say, ids in (
        (_("The same file was sent with another complaint."), same),
        (_("Nearly the same picture was sent with another complaint."), near_elsewhere(told) - same),
        (_("The same document number was given with another complaint."), same_number_elsewhere(told)),
    ):
        for pk in ids:
            found.setdefault(pk, []).append(say)
    return found
