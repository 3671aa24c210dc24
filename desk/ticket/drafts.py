"""What somebody is writing on a ticket: kept quietly, found again on any machine, dropped when it is sent. Decides nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import QueryDict
from django.utils import timezone

from accounts.models import User
from desk.models import Draft
from lib.duties.setting_aside import delete_all_or_each
from lib.redaction import without_secrets
from tickets.models import Ticket
from tickets.workflow import ACTIONS
from tickets.workflow.inputs import TEXT_LIMIT

MESSAGE, CALL = "message", "call"
FORMS = frozenset({MESSAGE, CALL, *ACTIONS})
# Of the page, not of what is written.
NOT_DRAFTED = frozenset({"csrfmiddlewaretoken", "version", "seq", "place", "step", "visibility", "view", "once", "attached", "without"})
MOST_FIELDS = 60


@dataclass
class Writing:
    """Of one person on one ticket; and the replies of anybody that are on their way."""

    drafts: dict[str, Draft] = field(default_factory=dict)
    on_their_way: list[Draft] = field(default_factory=list)

    def draft_values(self, form: str) -> QueryDict | None:
        draft = self.drafts.get(form)
        return query_dict_of(draft.data) if draft else None


def writing_of(ticket: Ticket, person: User) -> Writing:
    """In one query."""
    return writing_in(drafts_of(ticket.pk, person.pk))


def writing_in(rows: Iterable[Draft]) -> Writing:
    """From what `drafts_of` has found."""
    found = Writing()
    for row in rows:
        if row.send_at is not None:
            found.on_their_way.append(row)
        else:
            found.drafts[row.form] = row
    return found


def drafts_of(ticket: int, person: int) -> QuerySet[Draft]:
    """Given keys: that person's, and the replies of anybody that are on their way."""
    return Draft.objects.filter(Q(person=person) | Q(send_at__isnull=False), ticket=ticket).order_by("id")


def query_dict_of(data: Mapping[str, Iterable[str]]) -> QueryDict:
    """As the browser would post it."""
    post = QueryDict(mutable=True)
    for name, values in data.items():
        post.setlist(name, list(values))
    return post


def keep(person: User, ticket: Ticket, form: str, post: QueryDict) -> None:
    """Of a form that was emptied nothing stays."""
    data = _draft_fields(post)
    if not any("".join(values).strip() for values in data.values()):
        drop(person, ticket, form)
        return
    values = {"data": data, "at": timezone.now(), "refused": ""}
    Draft.objects.update_or_create(person=person, ticket=ticket, form=form, send_at=None, defaults=values)


def drop(person: User, ticket: Ticket, *forms: str) -> None:
    Draft.objects.filter(person=person, ticket=ticket, form__in=forms, send_at=None).delete()


def _draft_fields(post: QueryDict) -> dict[str, list[str]]:
    names = [name for name in post if name not in NOT_DRAFTED][:MOST_FIELDS]
    return {name: [_mask_secrets(value) for value in post.getlist(name)[:MOST_FIELDS]] for name in names}


def _mask_secrets(text: str) -> str:
    return without_secrets(str(text).replace("\x00", ""))[:TEXT_LIMIT]


def drop_old(before: datetime, now: datetime) -> int:
    """Drafts nobody touched since, and those on complaints that are closed. How many."""
    forgotten = Draft.objects.filter(Q(at__lt=before) | Q(ticket__status="closed"), send_at=None)
    return delete_all_or_each("desk.forget_drafts", forgotten, now)
