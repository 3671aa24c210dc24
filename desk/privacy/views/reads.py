"""Who read what of whom: every reading at the desk, by programs and in the admin; and who read unusually much lately."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from accounts.models import ReadAlarm, ReadEntry, User
from accounts.reads import count_each, term_digest
from desk.privacy.presenter import PAGE, day_in, end_of, newest, number_in, older, start_of, tabs
from desk.shell.access import officers_page
from desk.shell.formatting import moment_text
from desk.shell.page_shell import render_page
from lib.types import Context
from tickets.models import Ticket
from tickets.references import as_reference
from tickets.reports.spreadsheets import csv_lines

FILTERS = ("person", "whom", "kind", "from", "to")
COLUMNS = ("number", "at", "who", "kind", "door", "address", "about", "person", "count", "term_digest", "term_length", "network")
BATCH = 500
ALARMS, LATELY = 20, timedelta(days=30)


@require_safe
@officers_page
def reads(request: HttpRequest) -> HttpResponse:
    """The latest first, by key."""
    asked, address = request.GET, reverse("desk:reads")
    before = number_in(asked, "before")
    found = entries(asked)
    rows, after = older(address, asked, list((found.filter(pk__lt=before) if before else found)[: PAGE + 1]))
    people = _people(rows)
    here = urlencode({name: asked[name] for name in FILTERS if asked.get(name)})
    context = {
        "tabs": tabs("reads"),
        "address": address,
        "chosen": {name: asked.get(name, "") for name in FILTERS},
        "kinds": ReadEntry.Kind.choices,
        "alarms": [_alarm(row) for row in _alarms()],
        "rows": [_row(entry, people) for entry in rows],
        "older": after,
        "newest": newest(address, asked),
        "csv": f"{reverse('desk:reads_csv')}?{here}",
    }
    return render_page(request, "desk/privacy/reads.html", context, title=_("Who read what"), current="privacy")


def entries(asked: QueryDict) -> QuerySet[ReadEntry]:
    """As the address narrows them."""
    found = ReadEntry.objects.select_related("reader").order_by("-pk")
    if person := asked.get("person", "").strip().lower():
        found = found.filter(reader__email=person)
    if whom := asked.get("whom", "").strip():
        found = found.filter(_about(whom))
    if kind := asked.get("kind", ""):
        found = found.filter(kind=kind)
    if first := day_in(asked, "from"):
        found = found.filter(at__gte=start_of(first))
    if last := day_in(asked, "to"):
        found = found.filter(at__lt=end_of(last))
    return found


def _about(whom: str) -> Q:
    """A complaint by its reference, or a person by address: their complaints and their data. And whoever searched for just that."""
    owner = User.objects.filter(email=whom.lower()).first()
    refs = Ticket.objects.filter(owner=owner).values("ref") if owner else Ticket.objects.filter(ref=as_reference(whom)).values("ref")
    found = Q(ref__in=refs) | Q(ref=as_reference(whom)[:40]) | Q(term_digest=term_digest(whom))
    return found | Q(person=owner.pk) if owner else found


def _alarms() -> QuerySet[ReadAlarm]:
    return ReadAlarm.objects.filter(at__gt=timezone.now() - LATELY).select_related("reader").order_by("-pk")[:ALARMS]


def _people(rows: Iterable[ReadEntry]) -> dict[int, str]:
    """Those whose data was opened, in one query. Who was erased is told by number."""
    found = User.objects.filter(pk__in={row.person for row in rows if row.person})
    return {person.pk: str(person) if person.is_active else f"#{person.pk}" for person in found}


def _row(entry: ReadEntry, people: dict[int, str]) -> Context:
    characters = ngettext("%(count)s character", "%(count)s characters", entry.term_length) % {"count": entry.term_length}
    return {
        "at": moment_text(entry.at),
        "who": str(entry.reader),
        "kind": entry.get_kind_display(),
        "door": entry.get_door_display(),
        "address": entry.place,
        "ref": entry.ref,
        "leads": entry.ref if entry.ref.startswith("TS-") else "",
        "person": people.get(entry.person, f"#{entry.person}") if entry.person else "",
        "count": "" if entry.count is None else entry.count,
        "term": characters if entry.term_length else "",
        "network": entry.network,
    }


def _alarm(row: ReadAlarm) -> Context:
    said = {"who": str(row.reader), "at": moment_text(row.at), "opened": row.opened, "taken": row.taken}
    return {
        "text": _("%(at)s: %(who)s opened or searched %(opened)s times within an hour and took %(taken)s rows along.") % said,
        "address": f"{reverse('desk:reads')}?{urlencode({'person': row.reader.email})}",
    }


# ---- CSV
@require_safe
@officers_page
def reads_csv(request: HttpRequest) -> StreamingHttpResponse:
    """Everything the filters find, streamed: the latest first, times in UTC, codes as they are kept."""
    response = StreamingHttpResponse(csv_lines(COLUMNS, count_each(_values(entries(request.GET)))), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="reads-{timezone.localtime():%Y%m%d-%H%M}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response


def _values(found: QuerySet[ReadEntry]) -> Iterator[Sequence[str | int]]:
    """Batch by batch, by key. Its own reading is the first line."""
    batch = list(found[:BATCH])
    while batch:
        for row in batch:
            yield (
                row.pk, row.at.isoformat(), row.reader.email, row.kind, row.door, row.place, row.ref, row.person or "",
                "" if row.count is None else row.count, row.term_digest, row.term_length or "", row.network,
            )  # fmt: skip
        batch = list(found.filter(pk__lt=batch[-1].pk)[:BATCH])
