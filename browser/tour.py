"""Every page a person can come to in the furnished demo, in a sensible order. For the tests of the look and for the screenshots."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from accounts.models import User
from browser.visitor import Visitor
from evidence.receipts import receipts_of
from portal.forms.filing import steps_of
from tickets.models import Bill, Category, Incident, StaffProfile, Ticket
from tickets.policy.playbooks import playbooks

Stop = tuple[str, str]  # a name for the picture, and the address
ANYONE: tuple[Stop, ...] = (
    ("home", "/"),
    ("found", "/?q=scam"),
    ("nothing-found", "/?q=xyzzy"),
    ("freeze", "/freeze/"),
    ("file", "/file/?category=billing_duplicate"),
    ("follow", "/follow/"),
    ("check-receipt", "/receipts/"),
    ("login", "/accounts/login/"),
    ("signup", "/accounts/signup/"),
    ("password-reset", "/accounts/password/reset/"),
)
MINE: tuple[Stop, ...] = (
    ("acting-for-others", "/helping/"),
    ("home-signed-in", "/"),
    ("freeze-signed-in", "/freeze/"),
    ("tickets", "/tickets/"),
    ("profile", "/accounts/profile/"),
    ("email", "/accounts/email/"),
    ("second-factor", "/accounts/2fa/"),
    ("keys", "/accounts/2fa/webauthn/"),
    ("tokens", "/accounts/tokens/"),
    ("sessions", "/accounts/sessions/"),
    ("my-data", "/my-data/"),
    ("fresh-code", "/accounts/fresh/"),
    ("password", "/accounts/password/change/"),
)
DESK: tuple[Stop, ...] = (
    ("queue", "/desk/"),
    ("queue-breached", "/desk/?breached=any"),
    ("queue-search", "/desk/?q=提现"),
    ("queue-small", "/desk/?page_size=20&assignee=none"),
    ("saved-views", "/desk/views/"),
    ("on-call", "/desk/freezes/"),
    ("my-availability", "/desk/availability/"),
    ("my-channels", "/desk/channels/"),
    ("countersign", "/desk/countersign/"),
    ("outside", "/desk/outside/"),
    ("incidents", "/desk/incidents/"),
    ("notices", "/desk/notices/"),
    ("e-mails-set-aside", "/desk/letters/"),
    ("file-for-a-caller", "/desk/file/"),
    ("bills", "/desk/bills/"),
)
SUPERVISOR: tuple[Stop, ...] = (
    ("on-call-planning", "/desk/freezes/"),
    ("availability-of-all", "/desk/availability/"),
    ("figures", "/desk/figures/"),
    ("figures-nothing", "/desk/figures/?from=2020-01-01&to=2020-01-02"),
    ("re-base", "/desk/rules/"),
    ("who-did-what", "/desk/audit/"),
)
OFFICER: tuple[Stop, ...] = (
    ("held", "/desk/privacy/"),
    ("who-opened-or-did-what", "/desk/audit/?kind=c"),
    ("held-ordinary", "/desk/privacy/?class=P1"),
    ("custody-log", "/desk/privacy/log/"),
    ("who-read-what", "/desk/privacy/reads/"),
    ("legal-holds", "/desk/privacy/holds/"),
    ("runs", "/desk/privacy/runs/"),
    ("person", "/desk/privacy/person/?email=mei@example.com"),
)
# Addresses that answer a GET and are no page of their own.
NO_PAGES = {
    "desk:pulse": "what is new, as JSON, for the queue",
    "desk:bulk": "after an act on many: the queue again, with what became of it",
    "desk:export": "a file to take along",
    "desk:custody_csv": "a file to take along",
    "desk:reads_csv": "a file to take along",
    "desk:report": "a file to take along",
    "desk:dossier": "a file to take along",
    "desk:receipt": "a PDF",
    "desk:bill_progress": "how far the reading is, as JSON",
    "desk:act": "reloaded after a refusal, leads back to the complaint",
    "desk:link_act": "reloaded after a refusal, leads back to the links",
    "desk:number": "reloaded, leads back to the viewer",
    "desk:next": "leads to the next complaint",
    "portal:offline": "of one language each, whatever the browser says: browser/test_offline.py",
    "portal:manifest": "what the device installs, as JSON",
    "portal:worker": "a script",
    "portal:begin": "opened with the link of a letter, and the demo has received none",
    "portal:act": "looked at after a refusal, leads back to the complaint",
    "portal:message": "looked at after a refusal, leads back to the complaint",
    "portal:draft": "leads to the step that is next",
    "portal:receipt_pdf": "a PDF",
    "portal:dossier": "a file to take along",
    "portal:deadlines": "a calendar file",
    "portal:checklist": "the part of a complaint's page that changes while files come in",
}
CUSTOMERS = ("mei@example.com", "wang@example.com", "shop@example.com")
ADMIN = "admin@example.com"
STAFF = ("lin@example.com", "zhou@example.com", "chen@example.com", "zhao@example.com", "sun@example.com")


def tap_in(visitor: Visitor, email: str) -> None:
    """By the demo's one tap."""
    visitor.open("/accounts/login/")
    visitor.go(visitor.page.locator(f"button[name=email][value='{email}']"))


def of_customer(email: str) -> Iterator[Stop]:
    """Each of their complaints, and the pages that hang on it."""
    if email == CUSTOMERS[0]:
        yield from MINE
    if email == CUSTOMERS[1]:
        yield "home-me-too", "/"
        for incident in Incident.objects.on_banner():
            yield f"file-me-too-{incident.ref}", f"/file/?incident={incident.ref}"
    for ticket in Ticket.objects.filter(owner__email=email).order_by("id"):
        name = f"{ticket.status}-{ticket.pk}"
        if ticket.status == "draft":
            yield from _of_draft(ticket, name)
            continue
        yield f"ticket-{name}", f"/tickets/{ticket.ref}/"
        if ticket.status in ("rejected", "frozen", "under_review"):
            yield f"receipt-{name}", f"/tickets/{ticket.ref}/receipt/"
            receipts = receipts_of(ticket)
            yield f"first-receipt-{name}", f"/tickets/{ticket.ref}/receipt/{receipts[0].number}/"
            yield f"checked-{name}", f"/receipts/{receipts[-1].code}/"
        if ticket.status == "closed":
            yield f"rating-{name}", f"/tickets/{ticket.ref}/rating/"
        if ticket.freezes.exists():
            yield f"frozen-{name}", f"/freeze/{ticket.ref}/"
        if ticket.status in ("rejected", "escalated", "under_review"):
            yield f"further-{name}", f"/tickets/{ticket.ref}/further/"
        if ticket.status == "evidence_collection":
            yield f"statement-{name}", f"/tickets/{ticket.ref}/statement/"


def _of_draft(ticket: Ticket, name: str) -> Iterator[Stop]:
    yield f"category-{name}", f"/file/{ticket.ref}/category/"
    yield f"whom-{name}", f"/tickets/{ticket.ref}/whom/"
    for key in steps_of(playbooks(ticket.policy_id)[ticket.category]):
        yield f"{key}-{name}", f"/file/{ticket.ref}/{key}/"
    yield f"check-{name}", f"/file/{ticket.ref}/check/"
    yield f"after-sale-{name}", f"/file/{ticket.ref}/after-sale/"


def of_desk(email: str) -> Iterator[Stop]:
    """The desk's own pages once; the complaints shared out among the roles, so that each is seen and each role sees some."""
    if email == STAFF[0]:
        yield from DESK
        yield from ((f"bill-{each.state}-{each.pk}", f"/desk/bills/{each.public_id}/") for each in Bill.objects.order_by("pk"))
    if email == STAFF[1]:
        yield "on-call-operator", "/desk/freezes/"
        for ticket in Ticket.objects.exclude(account_sealed="").exclude(status="draft").order_by("id")[:2]:
            yield f"account-{ticket.pk}", f"/desk/tickets/{ticket.ref}/account/"
    if email == STAFF[3]:
        yield from SUPERVISOR
        for colleague in User.objects.filter(assigned__isnull=False).distinct().order_by("pk")[:1]:
            yield "availability-of-a-colleague", f"/desk/availability/{colleague.pk}/"
            yield "passing-on", f"/desk/availability/{colleague.pk}/pass-on/"
        for absent in StaffProfile.objects.exclude(away_from=None):
            yield "availability-of-the-absent", f"/desk/availability/{absent.pk}/"
    if email == STAFF[-1]:
        yield from OFFICER
    if email in STAFF[::3]:
        yield from (
            (f"incident-{each.ref}-{email.split('@')[0]}", f"/desk/incidents/{each.ref}/") for each in Incident.objects.order_by("id")
        )
    filed = Ticket.objects.exclude(status="draft").order_by("id")
    for number, ticket in enumerate(filed):
        if STAFF[number % len(STAFF)] == email or _theirs(ticket, email):
            yield f"desk-{ticket.status}-{ticket.pk}-{email.split('@')[0]}", f"/desk/tickets/{ticket.ref}/"
            yield from _of_viewer(ticket, email)
            if number % 4 == 0:
                yield f"links-{ticket.pk}-{email.split('@')[0]}", f"/desk/tickets/{ticket.ref}/links/"
            if ticket.status == "under_review" and email == "chen@example.com":
                yield f"decide-{ticket.pk}", f"/desk/tickets/{ticket.ref}/decide/"
                yield f"decide-reject-{ticket.pk}", f"/desk/tickets/{ticket.ref}/decide/?as=reject"


def of_admin() -> Iterator[Stop]:
    """Ours, in the admin's company: what customers will meet, for some categories of the rules, emergencies too."""
    for category in Category.objects.order_by("-is_emergency", "pk")[::5]:
        yield f"preview-{category.key}-{category.pk}", f"/preview/{category.pk}/"


def _of_viewer(ticket: Any, email: str) -> Iterator[Stop]:
    """Its first item large; and the one that asks for a reason."""
    address, who = f"/desk/tickets/{ticket.ref}/evidence/", email.split("@")[0]
    if ticket.status in ("under_review", "appeal_submitted"):
        yield f"viewer-{ticket.pk}-{who}", address
        for item in ticket.evidence.filter(kind="id_card_front"):
            yield f"viewer-sensitive-{ticket.pk}-{who}", f"{address}?item={item.pk}"


def _theirs(ticket: Ticket, email: str) -> bool:
    """What waits for this very person."""
    waits = {
        "zhou@example.com": ticket.status == "freeze_pending",
        "chen@example.com": ticket.assignee is not None and ticket.assignee.email == email and ticket.status == "under_review",
        "zhao@example.com": ticket.status == "escalated",
    }
    return waits.get(email, False)


Arrive = Callable[..., Visitor]
Look = Callable[[Visitor, str], Any]


def walk(arrive: Arrive, look: Look, phone: dict[str, Any], desk: dict[str, Any]) -> None:
    """Everybody goes everywhere; `look` is called at each stop."""
    walk_the_portal(arrive, look, phone)
    walk_the_desk(arrive, look, desk)


def walk_the_portal(arrive: Arrive, look: Look, screen: dict[str, Any]) -> None:
    _stop_at(arrive(screen), look, ANYONE)
    for email in CUSTOMERS:
        customer = arrive(screen)
        tap_in(customer, email)
        _stop_at(customer, look, of_customer(email))


def walk_the_desk(arrive: Arrive, look: Look, screen: dict[str, Any]) -> None:
    for email in STAFF:
        colleague = arrive(screen)
        tap_in(colleague, email)
        _stop_at(colleague, look, of_desk(email))
    admin = arrive(screen)
    looks, admin.overlooking = admin.overlooking, False  # it begins in the admin, which has a look of its own
    tap_in(admin, ADMIN)
    admin.overlooking = looks
    _stop_at(admin, look, of_admin())


def _stop_at(visitor: Visitor, look: Look, stops: Iterable[Stop]) -> None:
    for name, address in stops:
        visitor.open(address)
        look(visitor, name)
