"""Bills of payment channels: hand one in, see per complaint what the channel says, confirm or set aside."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.reads import count_read
from accounts.roles import Role
from desk.bills.forms import layout_form
from desk.bills.presenter import address_of, bill_row, finding_row
from desk.bills.upload_handler import CompressedUpload
from desk.shell.access import roles_page, viewer
from desk.shell.fields import Form
from desk.shell.page_shell import render_page
from desk.shell.refusals import errors_of
from evidence.bill_files import open_bill
from evidence.sandbox.client import SandboxUnavailable
from tickets.bills.files import NotABill
from tickets.models import Bill, BillFinding, Ticket
from tickets.operations.reconciling import begin_bill, confirm_finding, dismiss_finding, map_layout, read_bill
from tickets.words import NO_BILL
from tickets.workflow import Invalid, NotFound, Refusal

PER_PAGE = 50
MOST_BILLS = 50
for_the_desk = roles_page(Role.AGENT, Role.SUPERVISOR)
FINDING_ACTIONS = {"confirm": confirm_finding, "dismiss": dismiss_finding}


@require_http_methods(["GET", "HEAD", "POST"])
@for_the_desk
def bills(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _take(request)
    return _list(request)


def _list(request: HttpRequest, wrong: str = "", status: int = 200) -> HttpResponse:
    waiting = Count("findings", Q(findings__state=BillFinding.State.PROPOSED))
    rows = Bill.objects.select_related("uploaded_by").annotate(found=Count("findings"), waiting=waiting).order_by("-pk")[:MOST_BILLS]
    listed = [bill_row(row, timezone.now()) for row in rows]
    context = {"rows": listed, "wrong": wrong, "key": uuid.uuid4(), "address": reverse("desk:bills")}
    return render_page(request, "desk/bills.html", context, title=_("Payment bills"), current="bills", status=status)


def _take(request: HttpRequest) -> HttpResponse:
    """Read at once: a hundred thousand lines take seconds. The key makes a second press of the button the same bill."""
    file = request.FILES.get("file")
    if not isinstance(file, CompressedUpload):
        return _list(request, _("Choose the file that the payment company let you export."), 400)
    if not file.size:
        return _list(request, _("The file is empty. Export it once more."), 400)
    if file.is_too_large:
        return _list(request, _("The file is larger than 64 MB. Export a shorter span, a month at a time."), 413)
    try:
        key = uuid.UUID(request.POST.get("key", ""))
    except ValueError:
        return _list(request, _("Please choose the file once more."), 400)
    actor = viewer(request)
    try:
        tables = open_bill(file.pressed.chunks)
    except NotABill as refused:
        return _list(request, str(NO_BILL[refused.code]), 400)
    except SandboxUnavailable:
        return _list(request, _("Files cannot be opened at the moment. Try again in a minute."), 503)
    begun = begin_bill(actor, key, file.name, file.sha256)
    if begun is not None:
        read_bill(actor, begun, tables)
    return redirect("desk:bill", key=key)


@require_safe
@for_the_desk
def bill(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    return _page(request, _bill_or_404(key))


@require_safe
@for_the_desk
def progress(request: HttpRequest, key: uuid.UUID) -> JsonResponse:
    """How far the reading is; asked for while it runs."""
    row = Bill.objects.filter(public_id=key).values("state", "lines").first()
    return JsonResponse(row or {"state": "reading", "lines": 0})


@require_POST
@for_the_desk
def decide(request: HttpRequest, key: uuid.UUID, finding_id: int, action: str) -> HttpResponse:
    row = _bill_or_404(key)
    if action not in FINDING_ACTIONS or not row.findings.filter(pk=finding_id).exists():
        raise Http404
    actor = viewer(request)
    try:
        FINDING_ACTIONS[action](actor, finding_id)
    except NotFound as missing:
        raise Http404 from missing
    except Refusal as refusal:
        wrong = " ".join(text for texts in errors_of(refusal).values() for text in texts)
        return _page(request, row, wrong=wrong, status=refusal.status, at=finding_id)
    return redirect(address_of(key, finding_id))


@require_POST
@for_the_desk
def layout(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Remember the columns; the file is handed in once more, for it was not kept."""
    row = _bill_or_404(key)
    if row.state != Bill.State.FAILED or not row.headings:
        raise Http404
    actor = viewer(request)
    try:
        map_layout(actor, row.headings, request.POST.dict(), request.POST.dict())
    except Invalid as refusal:
        form = layout_form(row, request.POST)
        form.refuse(errors_of(refusal))
        return _page(request, row, form, status=refusal.status)
    messages.success(request, _("The columns are remembered. Hand the file in once more."))
    return redirect("desk:bills")


def _bill_or_404(key: uuid.UUID) -> Bill:
    row = Bill.objects.select_related("uploaded_by").filter(public_id=key).first()
    if row is None:
        raise Http404
    return row


def _page(request: HttpRequest, row: Bill, form: Form | None = None, wrong: str = "", status: int = 200, at: int = 0) -> HttpResponse:
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 18 else max(at - 1, 0)
    user = viewer(request)
    seen = Ticket.objects.visible_to(user).of_others(user)
    mine = row.findings.filter(pk__gt=start, ticket__in=seen)
    found = list(mine.select_related("ticket", "instead__ticket", "instead__bill")[: PER_PAGE + 1])
    count_read(len(found[:PER_PAGE]))
    now = timezone.now()
    context = {
        "bill": bill_row(row, now),
        "findings": [finding_row(each, row, user, now) for each in found[:PER_PAGE]],
        "more": f"{reverse('desk:bill', args=[row.public_id])}?after={found[PER_PAGE - 1].pk}" if len(found) > PER_PAGE else "",
        "start": reverse("desk:bill", args=[row.public_id]) if start else "",
        "form": form or (layout_form(row) if row.state == Bill.State.FAILED and row.headings else None),
        "wrong": wrong,
        "address": reverse("desk:bill_layout", args=[row.public_id]),
    }
    return render_page(request, "desk/bill.html", context, title=row.name, current="bills", status=status)
