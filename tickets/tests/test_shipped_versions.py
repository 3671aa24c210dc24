"""What ships is put there where it is missing, and a version once published never changes: not in the database, and not in its files."""

import hashlib
import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.roles import STAFF_ROLES
from sla import seeding
from sla.models import CalendarDay, Policy
from tickets.models import Category, EscalationTarget, EvidenceSlot, PayeeRule
from tickets.policy.seeding import DATA, seed_playbooks

pytestmark = pytest.mark.sqlite
# Of each version that has been released. Wrong here? Then a published file was edited: undo that and put the change into the files of
# the next version. A new version gets its line when its files are ready; the failing test says what to write.
PUBLISHED = {
    "2026.1": "d0ef2d8d32001985",
}


def digest(version: str) -> str:
    """Of the rules alone: targets belong to no version, and layout is free."""
    policy, playbooks = seeding.read_shipped(seeding.DATA, f"policy-{version}"), seeding.read_shipped(DATA, f"playbooks-{version}")
    rules = {name: value for name, value in playbooks.items() if name != "targets"}
    return hashlib.sha256(json.dumps([policy, rules], sort_keys=True).encode()).hexdigest()[:16]


@pytest.mark.parametrize("version", seeding.shipped_versions())
def test_the_files_of_a_published_version_are_never_edited(version) -> None:
    assert version in PUBLISHED, f'{version} is new. When its files are ready, write into PUBLISHED: "{version}": "{digest(version)}",'
    assert digest(version) == PUBLISHED[version], (
        f"The rules of {version} are not those that were published, and complaints run under them."
        " Undo that, and put the change into policy-….json and playbooks-….json of a new version."
    )


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
    category = Category.objects.get(key="billing_duplicate")
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
    assert Policy.objects.get(version="2026.1").timer_rules.count() == 23
    assert CalendarDay.objects.filter(date__year=2026).count() == 365
    assert Category.objects.filter(policy_id="2026.1").count() == len(seeding.read_shipped(DATA, "playbooks-2026.1")["categories"])
    assert PayeeRule.objects.exists()
    assert EscalationTarget.objects.exists()
    assert set(Group.objects.values_list("name", flat=True)) == {str(role) for role in STAFF_ROLES}
