"""Every role × class of data × own or other ticket, through every door: what is seen, what is hidden, and that each look is logged."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import STAFF_ROLES, Role, roles_of
from evidence.intake import upload
from evidence.kinds import KINDS
from evidence.models import EvidenceItem, PartialUpload, SealedFile, SubjectRequest, UploadPart, VaultRun
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.tests.conftest import vault  # noqa: F401
from evidence.vault.custody import CustodyEntry
from lib.keyring import keyring
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.cast import person
from tickets.tests.making import filing

pytestmark = pytest.mark.usefixtures("vault")
KIND_OF = {"P0": "pos_record", "P1": "transaction_screenshot", "P2": "bank_statement_screenshot", "P3": "id_card_front"}
LOOKS = ("viewed", "unmasked", "thumbnail", "number")
PURPOSE = {"purpose": "核对身份"}
NUMBER = "11010519491231002X"
DOORS = ("page", "page without a purpose", "thumbnail", "api", "api without a purpose")


@pytest.fixture
def people(mei, wang, lin, zhou, chen, zhao, sun, adapter, admin_person) -> SimpleNamespace:
    return SimpleNamespace(
        owner=mei, stranger=wang, agent=lin, operator=zhou, reviewer=chen, supervisor=zhao, privacy=sun, service=adapter,
        admin=admin_person, assigned=person("assigned@example.com", Role.REVIEWER),
    )  # fmt: skip


def filled(owner: User, number: int) -> dict[str, EvidenceItem]:
    """A complaint with one picture of each class, by class."""
    ticket = file_ticket(owner, filing(order_numbers=[{"issuer": "bank", "number": f"POS{number:09d}"}]))
    for place, kind in enumerate(KIND_OF.values()):
        typed: dict[str, Any] = {"consent": True, "number": NUMBER} if kind == "id_card_front" else {}
        upload(owner, ticket.ref, {"kind": kind, **typed}, making.file(making.png((number, place, 90))))
    return {KINDS[item.kind].privacy: item for item in EvidenceItem.objects.filter(ticket=ticket)}


@pytest.fixture
def others(people, clock) -> dict[str, EvidenceItem]:
    found = filled(people.owner, 1)
    Ticket.objects.update(assignee=people.assigned)
    inspect_waiting(timezone.now())
    return found


def get(who: User, door: str, item: EvidenceItem) -> int:
    """The status of the answer."""
    name, asked = door.removesuffix(" without a purpose"), {} if "without" in door else PURPOSE
    if name == "api":
        client: Any = APIClient()
        client.force_authenticate(who)
        return client.get(reverse("api:evidence_content", args=[item.pk]), asked).status_code
    browser = Client()
    browser.force_login(who)
    return browser.get(reverse(f"evidence:{'show' if name == 'page' else name}", args=[item.pk]), asked).status_code


def expected(name: str, privacy: str, door: str) -> int:
    """On somebody else's complaint, but for its owner."""
    if name == "owner":
        return 200
    if name in ("stranger", "admin"):
        return 404
    if name == "service":
        return 403
    if (privacy, door) == ("P2", "thumbnail"):
        return 403  # masked: a small picture would show it
    if privacy != "P3":
        return 200
    if name not in ("assigned", "operator", "privacy"):
        return 403
    return 400 if "without" in door else 200


def logged(who: User, item: EvidenceItem) -> int:
    return CustodyEntry.objects.filter(action__in=LOOKS, by=who, item_id=item.pk).count()


def table(names: Any, items: dict[str, EvidenceItem], wanted: Any) -> tuple[list[Any], dict[str, set[tuple[str, str]]]]:
    """What differs from the promise, and who saw which class through which door."""
    wrong, seen = [], {}
    for name, who in names.items():
        for privacy, item in items.items():
            for door in DOORS:
                who._roles, before = None, logged(who, item)
                got, want = get(who, door, item), wanted(name, privacy, door)
                entries = logged(who, item) - before
                if got != want or entries != (got == 200):
                    wrong.append((name, privacy, door, want, got, entries))
                if got == 200:
                    seen.setdefault(name, set()).add((privacy, door))
    return wrong, seen


def test_on_anothers_complaint(people, others) -> None:
    wrong, seen = table(vars(people), others, expected)
    assert wrong == []
    everything = {(privacy, door) for privacy in KIND_OF for door in DOORS}
    sensitive = {(privacy, door) for privacy, door in everything if privacy == "P3"}
    unasked = {(privacy, door) for privacy, door in sensitive if "without" in door}
    masked = {("P2", "thumbnail")}
    hidden = {name: everything - seen.get(name, set()) for name in vars(people)}
    assert hidden == {
        "owner": set(), "stranger": everything, "service": everything, "admin": everything,
        "agent": sensitive | masked, "reviewer": sensitive | masked, "supervisor": sensitive | masked,
        "assigned": unasked | masked, "operator": unasked | masked, "privacy": unasked | masked,
    }  # fmt: skip


def test_on_ones_own_complaint_everybody_sees_everything_and_that_is_logged_too(people, clock) -> None:
    for number, (name, who) in enumerate(vars(people).items(), start=2):
        own = filled(who, number)
        inspect_waiting(timezone.now())
        wrong, _seen = table({name: who}, own, lambda *_said: 200)
        assert wrong == []


def test_the_viewer_of_the_desk_shows_what_the_operation_would(people, others) -> None:
    for name, who in vars(people).items():
        browser = Client()
        browser.force_login(who)
        for privacy, item in others.items():
            page = browser.get(reverse("desk:viewer", args=[item.ticket.ref]), {"item": item.pk, "why": "identity"})
            if roles_of(who).isdisjoint(STAFF_ROLES):
                assert page.status_code == 403, name
                continue
            shown = f'<image href="{reverse("evidence:show", args=[item.pk])}' in page.content.decode()
            asked_for = privacy != "P2"  # those stay masked until somebody presses for them
            assert shown is (asked_for and expected(name, privacy, "page") == 200), (name, privacy)
            assert NUMBER not in page.content.decode()


def test_lists_of_the_api_hold_what_was_typed_only_for_who_may_look(people, others) -> None:
    item = others["P3"]
    for name, who in vars(people).items():
        client = APIClient()
        client.force_authenticate(who)
        for address in (reverse("api:evidence", args=[item.ticket.ref]), reverse("api:evidence_item", args=[item.pk])):
            answer = client.get(address)
            may_know = name not in ("stranger", "admin")
            assert (answer.status_code == 200) is may_know, (name, address)
            masked = "110****002X" in answer.content.decode()
            assert masked is (name in ("owner", "assigned", "operator", "privacy")), (name, address)
            assert NUMBER not in answer.content.decode()


# ---- The admin
def test_the_admin_knows_nothing_of_sensitive_items_and_changes_none(others, admin_person) -> None:
    browser = Client()
    browser.force_login(admin_person)
    before = list(EvidenceItem.objects.values())
    for privacy, item in others.items():
        address = reverse("admin:evidence_evidenceitem_change", args=[item.pk])
        assert browser.get(address).status_code == (302 if privacy == "P3" else 200)
        assert browser.post(address, {"state": "deleted"}).status_code in (302, 403)
        assert browser.post(reverse("admin:evidence_evidenceitem_delete", args=[item.pk]), {"post": "yes"}).status_code in (302, 403)
    shown = browser.get(reverse("admin:evidence_evidenceitem_changelist")).content.decode()
    assert "id_card_front" not in shown
    assert list(EvidenceItem.objects.values()) == before


def test_the_vaults_own_rows_are_in_no_admin() -> None:
    registered = set(admin.site._registry)
    assert registered.isdisjoint({SealedFile, CustodyEntry, PartialUpload, UploadPart, VaultRun, SubjectRequest})


def test_no_key_and_no_name_in_the_store_is_on_any_page(people, others, settings) -> None:
    secret = [settings.EVIDENCE_HMAC_KEY, settings.SECRET_KEY, *(key.hex() for key in keyring().keys.values())]
    secret += [name for item in others.values() for name in item.names] + [others["P3"].number_digest]
    ref = others["P1"].ticket.ref
    pages = {
        "admin": [reverse("admin:evidence_evidenceitem_changelist"), reverse("admin:evidence_evidenceitem_change", args=[others["P1"].pk])],
        "privacy": [
            reverse("desk:held"), reverse("desk:custody"), reverse("desk:runs"), reverse("desk:ticket", args=[ref]),
            f"{reverse('desk:viewer', args=[ref])}?item={others['P3'].pk}&why=identity",
        ],
        "owner": [reverse("portal:ticket", args=[ref])],
    }  # fmt: skip
    for name, addresses in pages.items():
        browser = Client()
        browser.force_login(getattr(people, name))
        for address in addresses:
            page = browser.get(address)
            assert page.status_code == 200, address
            assert [each for each in secret if each in page.content.decode()] == [], address


# ---- No way past the doors
def patterns(resolver: Any = None) -> Iterator[URLPattern]:
    for each in (resolver or get_resolver()).url_patterns:
        if isinstance(each, URLResolver):
            yield from patterns(each)
        else:
            yield each


def test_no_address_serves_files_from_a_folder_of_the_vault(people, others, settings) -> None:
    folder = settings.STORAGES["evidence"]["OPTIONS"]["location"]
    served = [pattern for pattern in patterns() if getattr(pattern.callback, "__module__", "") == "django.views.static"]
    assert [pattern for pattern in served if str(pattern.default_args.get("document_root", "")) in folder] == []
    browser = Client()
    browser.force_login(people.privacy)
    for item in others.values():
        for name in item.names:
            for prefix in ("", "media/", "static/", "evidence/", "desk/evidence/", "api/v1/evidence/", "static/../var/evidence/"):
                assert browser.get(f"/{prefix}{name}").status_code == 404
