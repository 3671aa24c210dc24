"""Notices for one's groups and for oneself, and those that could not be delivered."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User
from accounts.reads import count_read
from accounts.roles import STAFF_ROLES, Role, roles_of
from desk.shell.access import desk_page, viewer
from desk.shell.formatting import deadline_text, moment_of, moment_text
from desk.shell.page_shell import render_page
from desk.shell.posted_values import whole
from lib.types import Context, Record
from tickets.delivery.channels.registry import channel_labels
from tickets.models import Delivery, Notification, StaffProfile, Ticket
from tickets.operations import send_again, send_messages_again
from tickets.words import ROSTER_NOTICE, TIMER, notice_words

SIZE = 50
WATCHERS_OF_ROSTER = frozenset({Role.FREEZE_OPERATOR, Role.SUPERVISOR})
State = Notification.State


@require_safe
@desk_page
def inbox(request: HttpRequest) -> HttpResponse:
    """The latest first, by key: `?before=` the id of the last one shown."""
    user = viewer(request)
    before, read_at = whole(request.GET.get("before", "")), _read_at(user)
    found = _notices(user)
    rows = list((found if before is None else found.filter(pk__lt=before))[: SIZE + 1])
    count_read(len(rows[:SIZE]))
    context = {
        "notices": [{**_notice(row), "is_new": _is_new(row, read_at)} for row in rows[:SIZE]],
        "unread": any(_is_new(row, read_at) for row in rows[:SIZE]),
        "failed": [_notice(row) for row in _failed_notices(user)],
        "failed_messages": [_message(row) for row in _failed_messages(user)],
        "older": f"{reverse('desk:inbox')}?before={rows[SIZE - 1].pk}" if len(rows) > SIZE else "",
        "newest": "" if before is None else reverse("desk:inbox"),
    }
    return render_page(request, "desk/inbox.html", context, title=gettext("Notices"), current="inbox")


def _read_at(user: User) -> datetime | None:
    return StaffProfile.objects.filter(user=user).values_list("notices_read_at", flat=True).first()


def _is_new(row: Notification, read_at: datetime | None) -> bool:
    """It came, or came over from a colleague who has left, since the person last said that all is read."""
    return read_at is None or (row.handed_on_at or row.created_at) > read_at


@require_POST
@desk_page
def mark_read(request: HttpRequest) -> HttpResponse:
    """All notices up to now."""
    now = timezone.now()
    StaffProfile.objects.update_or_create(user=viewer(request), defaults={"notices_read_at": now})
    return HttpResponseRedirect(reverse("desk:inbox"))


def _visible_notices(user: User) -> QuerySet[Notification]:
    """What the group hears of a case of one's own, or about oneself, is among colleagues."""
    among_colleagues = Q(audience="") | Q(ticket__in=Ticket.objects.of_others(user))
    seen = Notification.objects.filter(among_colleagues, ticket__in=Ticket.objects.visible_to(user))
    return seen.select_related("ticket", "recipient")


def _notices(user: User) -> QuerySet[Notification]:
    """A group's own row, not the copies its members got by e-mail; and what came to the person alone."""
    groups = roles_of(user) & frozenset(STAFF_ROLES)
    mine = Q(audience__in=groups, recipient=None) | Q(recipient=user, audience="")
    return _visible_notices(user).filter(mine).order_by("-id")


def _failed_notices(user: User) -> QuerySet[Notification]:
    return _visible_notices(user).filter(state=State.FAILED).order_by("-id")[:SIZE]


def _failed_messages(user: User) -> QuerySet[Delivery]:
    """On other channels: about complaints that the viewer may see, and of the roster for whoever watches it."""
    of_roster = Q(notification=None) if roles_of(user) & WATCHERS_OF_ROSTER else Q(pk__in=[])
    seen = Delivery.objects.filter(of_roster | Q(notification__in=_visible_notices(user)), state=Delivery.State.FAILED)
    return seen.select_related("notification__ticket", "address__user").order_by("-id")[:SIZE]


def _message(row: Delivery) -> Context:
    """As a notice that failed is shown."""
    notice, to = row.notification, row.address.user or row.address.get_audience_display()
    subject = notice_words(row.kind, notice.data, to_staff=True)[0] if notice else ROSTER_NOTICE[row.kind]
    return {
        "id": row.pk,
        "ref": notice.ticket.ref if notice else "",
        "subject": subject,
        "to": f"{channel_labels().get(row.channel, row.channel)} · {to}",
        "at": moment_text(row.created_at),
        "error": row.error,
    }


def _notice(row: Notification) -> Context:
    owner = row.recipient_id == row.ticket.owner_id
    subject, sentence = notice_words(row.kind, row.data, to_staff=not owner)
    return {
        "id": row.pk,
        "ref": row.ticket.ref,
        "subject": subject,
        "sentence": sentence,
        "to": str(row.recipient) if row.recipient else "",
        "at": moment_text(row.created_at),
        "due": _due(row.data),
        "urgent": row.urgent,
        "attempts": row.attempts,
        "error": row.last_error,
    }


def _due(data: Record) -> str:
    """Which clock a notice is about, and when it ends."""
    return f"{TIMER.get(data.get('timer', ''), gettext('Date'))} · {moment_of(data['due_at'], deadline_text)}" if data.get("due_at") else ""


@require_POST
@desk_page
def retry(request: HttpRequest) -> HttpResponse:
    """Send one failed notice again, or all that are shown."""
    ids = [pk for pk in map(whole, request.POST.getlist("id")) if pk is not None]
    user = viewer(request)
    count = send_again(_visible_notices(user).filter(pk__in=ids, state=State.FAILED).values_list("pk", flat=True))
    messages_again = {pk for pk in map(whole, request.POST.getlist("message")) if pk is not None}
    count += send_messages_again(row.pk for row in _failed_messages(user) if row.pk in messages_again)
    message = ngettext("%(count)s notice is on its way again.", "%(count)s notices are on their way again.", count)
    messages.success(request, message % {"count": count}) if count else messages.info(request, _("There was nothing to send again."))
    return HttpResponseRedirect(reverse("desk:inbox"))
