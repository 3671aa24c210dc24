"""What ships is put there where it is missing, and a version once published never changes: not in the database, and not in its files."""

import hashlib
import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.utils import timezone

from accounts.roles import STAFF_ROLES
from sla import seeding
from sla.models import CalendarDay, Policy, TimerRule
from tickets.cases.case import Case
from tickets.cases.timers import start
from tickets.models import Category, EscalationTarget, EvidenceSlot, PayeeRule, Ticket
from tickets.operations.filing import file_ticket
from tickets.policy.publishing import new_version
from tickets.policy.seeding import DATA, seed_playbooks, seed_version
from tickets.tests.making import filing

pytestmark = pytest.mark.sqlite
# Of each version that has been released. Wrong here? Then a published file was edited: undo that and put the change into the files of
# the next version. A new version gets its line when it is released; the failing test says what to write.
PUBLISHED = {
    "2026.1": "d0ef2d8d32001985",
}
PREPARING = "2026.2"  # its files may still change; "" once it is released


def digest(version: str) -> str:
    """Of the rules alone: targets belong to no version, and layout is free."""
    policy, playbooks = seeding.read_shipped(seeding.DATA, f"policy-{version}"), seeding.read_shipped(DATA, f"playbooks-{version}")
    rules = {name: value for name, value in playbooks.items() if name != "targets"}
    return hashlib.sha256(json.dumps([policy, rules], sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.parametrize("version", [each for each in seeding.shipped_versions() if each != PREPARING])
def test_the_files_of_a_published_version_are_never_edited(version) -> None:
    assert version in PUBLISHED, f'{version} is new. When its files are ready, write into PUBLISHED: "{version}": "{digest(version)}",'
    assert digest(version) == PUBLISHED[version], (
        f"The rules of {version} are not those that were published, and complaints run under them."
        " Undo that, and put the change into policy-….json and playbooks-….json of a new version."
    )


def test_only_the_newest_version_may_still_change() -> None:
    assert PREPARING in ("", seeding.shipped_versions()[-1]) and PREPARING not in PUBLISHED


def rows() -> list:
    kinds = (Category, EvidenceSlot, PayeeRule)
    return [list(kind.objects.order_by("pk").values()) for kind in kinds]


@pytest.mark.django_db
def test_seeding_playbooks_again_changes_nothing_not_even_their_keys() -> None:
    before = rows()
    assert seed_playbooks() == []
    assert rows() == before


@pytest.mark.django_db
def test_a_published_playbook_is_left_alone_and_each_difference_named() -> None:
    category = Category.objects.get(policy_id=seeding.VERSION, key="billing_duplicate")
    slot = category.slots.get(kind="order_number", lane="")
    EvidenceSlot.objects.filter(pk=slot.pk).update(minimum=3)
    EvidenceSlot.objects.create(category=category, kind="passport", position=9)
    Category.objects.filter(pk=category.pk).update(title_en="Charged twice or thrice")
    PayeeRule.objects.filter(contains="备付金").delete()
    before = rows()
    found = seed_playbooks()
    assert rows() == before
    assert f'category billing_duplicate: title_en is "Charged twice or thrice", the file says "{category.title_en}"' in found
    assert "category billing_duplicate, slot order_number: minimum is 3, the file says 1" in found
    assert "category billing_duplicate, slot passport: not in the file" in found
    assert "payee rule 备付金: only in the file" in found
    assert len(found) == 4


@pytest.mark.django_db
def test_the_words_of_a_target_are_put_back_and_its_contact_stays() -> None:
    EscalationTarget.objects.filter(key="l1_internal").update(title_en="Somebody", contact="12345")
    seed_playbooks()
    target = EscalationTarget.objects.get(key="l1_internal")
    assert (target.title_en, target.contact) == ("Second level at the platform", "12345")


@pytest.mark.django_db
def test_the_command_says_what_differs_however_quiet_it_is() -> None:
    Policy.objects.update(pause_limit=9)
    said = StringIO()
    call_command("seed_policy", verbosity=0, stdout=StringIO(), stderr=said)
    assert "Version 2026.1 differs from the files it ships in, and was left as it is" in said.getvalue()
    assert "  policy: pause_limit is 9, the file says 2" in said.getvalue()
    assert Policy.objects.get(version="2026.1").pause_limit == 9


@pytest.mark.django_db
def test_the_command_is_silent_about_what_is_as_it_ships() -> None:
    said = StringIO()
    call_command("seed_policy", verbosity=0, stdout=StringIO(), stderr=said)
    assert said.getvalue() == ""


@pytest.mark.django_db(transaction=True)
def test_after_a_flush_everything_is_there_again() -> None:
    call_command("flush", interactive=False, verbosity=0)
    assert not Policy.objects.exists()
    call_command("seed_policy", verbosity=0, stdout=StringIO())
    for version in seeding.shipped_versions():
        timers, playbooks = seeding.read_shipped(seeding.DATA, f"policy-{version}"), seeding.read_shipped(DATA, f"playbooks-{version}")
        assert Policy.objects.get(version=version).timer_rules.count() == len(timers["timers"])
        assert Category.objects.filter(policy_id=version).count() == len(playbooks["categories"])
    assert Policy.objects.current(datetime(2024, 1, 2, tzinfo=UTC)).version == seeding.VERSION
    assert CalendarDay.objects.filter(date__year=2026).count() == 365
    assert PayeeRule.objects.exists()
    assert EscalationTarget.objects.exists()
    assert set(Group.objects.values_list("name", flat=True)) == {str(role) for role in STAFF_ROLES}


# ---- From when on
@pytest.fixture
def before_it() -> None:
    """An install of the version before: 2026.2 is not there yet."""
    Policy.objects.filter(version="2026.2").delete()


@pytest.mark.django_db
def test_where_complaints_run_it_is_in_force_from_the_upgrade_on(before_it, mei, clock) -> None:
    clock("2026-11-20T10:00:00+08:00")
    mine = file_ticket(mei, filing("billing_duplicate"))
    clock("2026-11-30T10:00:00+08:00")
    assert seed_version("2026.2") == []
    assert Policy.objects.get(version="2026.2").published_at == timezone.now()
    assert (mine.policy_id, file_ticket(mei, filing("billing_duplicate")).policy_id) == ("2026.1", "2026.2")
    assert Policy.objects.current(datetime(2026, 11, 29, tzinfo=UTC)).version == "2026.1"
    assert seed_version("2026.2") == [], "and its date is no difference from its file"


@pytest.mark.django_db
def test_an_operators_own_rules_stay_in_force(before_it, mei, clock) -> None:
    clock("2026-11-20T10:00:00+08:00")
    file_ticket(mei, filing("billing_duplicate"))
    own = new_version(Policy.objects.get(version="2026.1"))
    own.published_at = timezone.now()  # as an older desk published it: with the timers of its day
    own.save()
    clock("2026-11-30T10:00:00+08:00")
    assert seed_version("2026.2", name="2026.2-shipped") == []
    assert own.version == "2026.2" and Policy.objects.current(timezone.now()) == own
    assert Category.objects.filter(policy_id="2026.2-shipped").exists()
    assert Policy.objects.get(version="2026.2-shipped").timer_rules.exists()


@pytest.mark.django_db
def test_a_timer_younger_than_a_complaints_version_takes_its_length_from_the_newest_in_force(mei, clock) -> None:
    clock("2026-11-30T10:00:00+08:00")
    mine = file_ticket(mei, filing("billing_duplicate"))
    Ticket.objects.filter(pk=mine.pk).update(policy_id="2026.1")
    TimerRule.objects.filter(key="l1_review", policy_id="2026.1").delete()
    TimerRule.objects.filter(key="l1_review", policy_id="2026.2").update(amount=4)
    case = Case(Ticket.objects.get(pk=mine.pk), timezone.now())
    assert start(case, "l1_review").amount == 4
    assert start(case, "confirm").amount == 7, "its own version's where it has it"
