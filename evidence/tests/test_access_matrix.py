"""Everybody × every kind × every door: who sees it and who does not, and one row of custody for each look that was permitted."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.conf import settings
from django.core.files.storage import storages
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.roles import Role
from evidence.dossier import archive
from evidence.intake import say, upload
from evidence.kinds import KINDS
from evidence.models import EvidenceItem
from evidence.periodic import inspect_waiting
from evidence.tests import making
from evidence.vault.custody import CustodyEntry
from tickets.models import Ticket
from tickets.operations import file_ticket
from tickets.tests.cast import at_the_hour, company, person
from tickets.tests.making import filing

PURPOSE = "核对身份"
DESK = {"agent", "freeze operator", "reviewer", "assigned reviewer", "supervisor", "privacy officer"}
FOUR = {"assigned reviewer", "freeze operator", "privacy officer"}
# Neither finds the ticket at all.
OUTSIDE = {"stranger", "admin"}
TYPED = {
    "order_number": {"text": "4200000404202603109117582536"},
    "bank_card_masked": {"text": "招商银行 8888"},
    "written_statement": {"symptom": "手机收到月付充值成功的短信，但我本人没有进行任何充值操作，账户被人盗用。"},
    "account_appeal_form": {"symptom": "手机收到月付充值成功的短信，但我本人没有进行任何充值操作，账户被人盗用。"},
    "system_log": {"text": "20:15 登录失败"},
    "auth_record": {"text": "20:14 登录"},
}
PASSPORT = {"number": "E12345678", "expires_on": "2031-03-10"}


@pytest.fixture(scope="module")
def vault(tmp_path_factory):
    """One for all that stands here, as the rows are."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("vault")
        options = {**settings.STORAGES["evidence"]["OPTIONS"], "location": str(folder)}
        patch.setattr(settings, "STORAGES", {**settings.STORAGES, "evidence": {**settings.STORAGES["evidence"], "OPTIONS": options}})
        storages._storages.clear()
        yield folder
    storages._storages.clear()


@pytest.fixture(scope="module")
def world(rows_of_the_module, vault) -> tuple[dict[str, int], dict[str, int]]:
    """Keys of people and of one item of every kind. Made once: twenty-five files are looked into."""
    with at_the_hour():
        people = company()
        admin = User.objects.create_superuser(email="admin@example.com", password=None)
        found = {
            "owner": people.owner, "stranger": person("wang@example.com"), "agent": people.agent, "freeze operator": people.operator,
            "reviewer": people.reviewer, "supervisor": people.supervisor, "privacy officer": people.privacy, "adapter": people.service,
            "admin": admin, "assigned reviewer": person("assigned@example.com", Role.REVIEWER),
        }  # fmt: skip
        items = filled(found["owner"], found["reviewer"])
        Ticket.objects.update(assignee=found["assigned reviewer"])
    return {who: user.pk for who, user in found.items()}, {kind: item.pk for kind, item in items.items()}


@pytest.fixture
def everyone(world, db, clock) -> dict[str, Any]:
    clock("2026-03-10T20:53:00+08:00")
    return {who: User.objects.get(pk=pk) for who, pk in world[0].items()}


@pytest.fixture
def items(world, everyone) -> dict[str, EvidenceItem]:
    return {kind: EvidenceItem.objects.get(pk=pk) for kind, pk in world[1].items()}


def filled(owner, staff) -> dict[str, EvidenceItem]:
    """One item of every kind on a complaint of the owner, by its kind."""
    ticket = file_ticket(owner, filing())
    for number, kind in enumerate(KINDS.values()):
        if kind.key == "face_result":
            EvidenceItem.objects.create(ticket=ticket, kind=kind.key, state="clean", uploaded_by=staff, fields={"passed": True})
            continue
        raw = {"kind": kind.key, "consent": kind.is_sensitive, **TYPED.get(kind.key, {}), **(PASSPORT if kind.key == "passport" else {})}
        file = making.file(making.png((number, 9, 9))) if "image" in kind.forms else None
        item = upload(staff if kind.of_desk else owner, ticket.ref, raw, file)
        if item.is_of_desk:
            say(staff, ticket.ref, {"body": "请看附件。"}, [item.pk])
    inspect_waiting(timezone.now() + timedelta(minutes=1))
    found = {item.kind: item for item in EvidenceItem.objects.filter(ticket=ticket)}
    assert set(found) == set(KINDS)
    assert {item.state for item in found.values()} == {"clean"}
    return found


def seeing(kind: str) -> set[str]:
    """Who sees the content of a kind, said anew: by class, and the operator's own kinds are not the customer's."""
    if kind == "face_result":
        return set()  # fields, which stand in the list; there is nothing to look at
    ours = {"system_log", "auth_record"}
    return (FOUR if KINDS[kind].privacy == "P3" else DESK) | (set() if kind in ours else {"owner"})


def seeing_small(kind: str) -> set[str]:
    """Small pictures are of pictures, and what is masked has none but for its owner."""
    if "image" not in KINDS[kind].forms:
        return set()
    return {"owner"} if KINDS[kind].privacy == "P2" else seeing(kind)


Door = Callable[[Any, EvidenceItem], int]


def by_page(name: str) -> Door:
    browsers: dict[int, Client] = {}

    def look(viewer: Any, item: EvidenceItem) -> int:
        if viewer.pk not in browsers:
            browsers[viewer.pk] = Client()
            browsers[viewer.pk].force_login(viewer)
        return browsers[viewer.pk].get(reverse(f"evidence:{name}", args=[item.pk]), {"purpose": PURPOSE}).status_code

    return look


def by_api(viewer: Any, item: EvidenceItem) -> int:
    client = APIClient()
    client.force_authenticate(viewer)
    return client.get(f"/api/v1/evidence/{item.pk}/content/", {"purpose": PURPOSE}).status_code


@pytest.mark.parametrize(("door", "expected", "action"), [
    (lambda: by_page("show"), seeing, "viewed"),
    (lambda: by_api, seeing, "viewed"),
    (lambda: by_page("thumbnail"), seeing_small, "thumbnail"),
], ids=["page", "api", "thumbnail"])  # fmt: skip
def test_who_sees_which_kind(items, everyone, door, expected, action):
    look = door()
    before = CustodyEntry.objects.count()
    wrong, permitted = [], []
    for kind, item in items.items():
        for who, viewer in everyone.items():
            status = look(viewer, item)
            if (status == 200) != (who in expected(kind)) or (status != 200 and who in OUTSIDE and status != 404):
                wrong.append((kind, who, status))
            if status == 200:
                own = "unmasked" if KINDS[kind].privacy == "P2" and who != "owner" else action
                permitted.append((viewer.pk, item.pk, own, PURPOSE))
    assert wrong == []
    written = CustodyEntry.objects.order_by("seq")[before:]
    assert [(entry.by_id, entry.item_id, entry.action, entry.purpose) for entry in written] == permitted
    assert len(permitted) == sum(len(expected(kind)) for kind in KINDS)


def test_who_reads_which_typed_fields(items, everyone):
    """In lists: hidden from who may not look, masked where it is masked, plain to its owner."""
    wrong = []
    for who in ("owner", *DESK):
        client = APIClient()
        client.force_authenticate(everyone[who])
        listed = client.get(f"/api/v1/tickets/{items['passport'].ticket.ref}/evidence/", {"page_size": 100}).json()["results"]
        told = {each["kind"]: each for each in listed}
        for kind, typed in TYPED.items():
            if kind in told and "text" in typed:
                plain = told[kind]["text"] not in ("", "****")
                if plain != (who == "owner" or KINDS[kind].privacy != "P2"):
                    wrong.append((who, kind, told[kind]["text"]))
        if bool(told["passport"]["fields"]) != (who == "owner" or who in FOUR):
            wrong.append((who, "passport", told["passport"]["fields"]))
        assert PASSPORT["number"] not in str(listed)
    assert wrong == []


def test_what_a_dossier_holds_is_what_the_owner_may_know_of_whoever_makes_it(items, everyone, monkeypatch):
    monkeypatch.setattr(archive, "render_dossier", lambda _dossier: b"%PDF-")
    ref = items["passport"].ticket.ref
    sensitive = {kind for kind, item in items.items() if KINDS[kind].is_sensitive and item.safe}
    ordinary = {kind for kind in KINDS if "image" in KINDS[kind].forms} - sensitive
    for who, viewer in everyone.items():
        for asked, status, kinds in (
            ({}, 200, ordinary),
            ({"include_sensitive": "1"}, 200 if who == "owner" else 403, ordinary | sensitive),
        ):
            client = APIClient()
            client.force_authenticate(viewer)
            answer = client.get(f"/api/v1/tickets/{ref}/dossier/", asked)
            if who not in DESK | {"owner"}:
                assert answer.status_code in (403, 404), who
                continue
            assert answer.status_code == status, (who, asked)
            if status == 200:
                assert _carried(answer) == kinds, who
                taken = CustodyEntry.objects.filter(by=viewer, action="exported").values_list("kind", flat=True)
                assert set(taken) - {"bank_card_masked"} == kinds


def _carried(answer: Any) -> set[str]:
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        told = json.loads(packed.read("manifest.json"))["evidence"]
        assert {each["file"] for each in told if each["file"]} <= set(packed.namelist())
    return {each["kind"] for each in told if each["file"]}


def test_the_admin_shows_rows_of_what_is_not_sensitive_to_the_admin_alone(items, everyone):
    for who, viewer in everyone.items():
        browser = Client()
        browser.force_login(viewer)
        for kind, item in items.items():
            answer = browser.get(reverse("admin:evidence_evidenceitem_change", args=[item.pk]))
            assert (answer.status_code == 200) == (who == "admin" and not KINDS[kind].is_sensitive), (who, kind)
            if answer.status_code == 200:
                shown = answer.content.decode()
                assert not [name for name in item.names if name in shown]
                assert "8888" not in shown and "20:15" not in shown
    assert not CustodyEntry.objects.filter(action__in=["viewed", "unmasked", "thumbnail"]).exists()


@pytest.mark.parametrize("who", sorted(DESK - {"assigned reviewer"}))
def test_on_a_complaint_of_their_own_whoever_works_here_is_a_customer(everyone, who):
    colleague = person("colleague@example.com", Role.REVIEWER)
    own = filled(everyone[who], colleague)
    seen = {kind for kind, item in own.items() if by_api(everyone[who], item) == 200}
    assert seen == {kind for kind in KINDS if "owner" in seeing(kind)}
    look_small = by_page("thumbnail")
    small = {kind for kind, item in own.items() if look_small(everyone[who], item) == 200}
    assert small == {kind for kind in KINDS if "owner" in seeing_small(kind)}
