"""Policies and days in the admin: what is read, what is edited, what is refused."""

from datetime import date

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth import get_user_model
from django.urls import reverse

from sla.models import CalendarDay, Policy, TimerRule
from sla.seeding import shipped_versions

pytestmark = pytest.mark.django_db

POLICIES = reverse("admin:sla_policy_changelist")
DAYS = reverse("admin:sla_calendarday_changelist")


@pytest.fixture
def admin(client):
    client.force_login(get_user_model().objects.create_superuser(email="admin@example.org"))
    return client


@pytest.fixture(autouse=True)
def _in_english(settings):
    settings.LANGUAGE_CODE = "en"


def page(client, url):
    response = client.get(url, headers={"accept-language": "en"})
    assert response.status_code == 200, response.headers
    return response.content.decode()


def act(client, action, *versions):
    data = {"action": action, "_selected_action": list(versions)}
    return client.post(POLICIES, data, follow=True, headers={"accept-language": "en"}).content.decode()


def change_url(policy):
    return reverse("admin:sla_policy_change", args=[policy])


def test_a_published_policy_is_only_read(admin):
    text = page(admin, change_url("2026.2"))
    assert 'name="pause_limit"' not in text
    assert "freeze_exec" in text
    before = list(TimerRule.objects.values())
    assert admin.post(change_url("2026.2"), {"pause_limit": 9}).status_code == 403
    assert Policy.objects.get(version="2026.2").pause_limit == 2
    assert list(TimerRule.objects.values()) == before


def test_a_published_policy_is_not_deleted(admin):
    url = reverse("admin:sla_policy_delete", args=["2026.2"])
    assert admin.post(url, {"post": "yes"}).status_code == 403
    assert act(admin, "delete_selected", "2026.2")
    assert Policy.objects.filter(version="2026.2").exists()


def test_a_policy_is_not_made_from_nothing(admin):
    assert admin.get(reverse("admin:sla_policy_add")).status_code == 403


def test_a_draft_is_made_edited_and_published(admin):
    assert "Draft 2026.3 made from 2026.2." in act(admin, "draft_from", "2026.2")
    assert 'name="pause_limit"' in page(admin, change_url("2026.3"))
    Policy.objects.filter(version="2026.3").update(pause_limit=3)
    assert "2026.3 is published" in act(admin, "publish_draft", "2026.3")
    published = Policy.objects.get(version="2026.3")
    assert published.published_at is not None
    assert published.pause_limit == 3
    assert 'name="pause_limit"' not in page(admin, change_url("2026.3"))
    assert LogEntry.objects.filter(object_id="2026.3").count() == 2


def test_saving_a_drafts_form_keeps_its_timers_and_its_version(admin):
    act(admin, "draft_from", "2026.2")
    form = admin.get(change_url("2026.3")).context["adminform"].form
    inlines = admin.get(change_url("2026.3")).context["inline_admin_formsets"]
    data = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    for formset in (each.formset for each in inlines):
        data |= {f"{formset.prefix}-{name}": value for name, value in formset.management_form.initial.items()}
        for each in formset.forms:
            data |= {each.add_prefix(name): each[name].value() for name in each.fields}
    data |= {"pause_limit": 4, "version": "evil"}
    data = {name: value for name, value in data.items() if value is not None and value is not False}
    response = admin.post(change_url("2026.3"), data)
    assert response.status_code == 302, response.context["errors"]
    assert Policy.objects.get(version="2026.3").pause_limit == 4
    assert TimerRule.objects.filter(policy_id="2026.3").count() == TimerRule.objects.filter(policy_id="2026.2").count()
    assert not Policy.objects.filter(version="evil").exists()


def test_a_draft_with_problems_is_refused_in_words(admin):
    act(admin, "draft_from", "2026.2")
    TimerRule.objects.filter(policy_id="2026.3", key="confirm").update(amount=0, warn=[])
    assert "confirm: the amount must be at least 1." in act(admin, "publish_draft", "2026.3")
    assert Policy.objects.get(version="2026.3").is_draft


def test_publishing_twice_is_refused_in_words(admin):
    assert "It is published already." in act(admin, "publish_draft", "2026.2")


def test_warnings_that_are_no_numbers_are_refused_at_their_field():
    from django.core.exceptions import ValidationError

    for wrong in ("1,0", {"a": 1}, [1, "0"], [-1], [True], [1.5]):
        with pytest.raises(ValidationError) as caught:
            TimerRule(policy_id="2026.2", key="x", clock="wd", amount=1, warn=wrong).full_clean()
        assert "warn" in caught.value.message_dict


def test_an_edited_day_is_from_then_on_by_hand(admin):
    day = CalendarDay.objects.get(date=date(2026, 10, 10))
    url = reverse("admin:sla_calendarday_change", args=[day.pk])
    data = {"zone": day.zone, "date": "2026-10-10", "kind": "holiday", "name_zh": "", "name_en": ""}
    assert admin.post(url, data).status_code == 302
    day.refresh_from_db()
    assert (day.is_workday, day.source) == (False, "manual")
    assert not CalendarDay.objects.calendar().is_workday(day.date)


def test_a_day_in_an_unknown_zone_is_refused(admin):
    data = {"zone": "Asia/Peking", "date": "2027-01-01", "kind": "", "name_zh": "", "name_en": ""}
    response = admin.post(reverse("admin:sla_calendarday_add"), data, headers={"accept-language": "en"})
    assert "Asia/Peking" in response.content.decode()
    assert not CalendarDay.objects.filter(date=date(2027, 1, 1)).exists()


def test_the_days_are_filtered_by_year_and_kind(admin):
    text = page(admin, f"{DAYS}?year=2026&kind__exact=makeup")
    assert text.count("field-date") == 6
    assert page(admin, f"{DAYS}?year=nonsense")


def test_strangers_and_customers_do_not_get_in(client):
    assert client.get(POLICIES).status_code == 302
    client.force_login(get_user_model().objects.create_user(email="customer@example.org"))
    assert client.get(POLICIES).status_code in (302, 403)
    assert client.post(POLICIES, {"action": "draft_from", "_selected_action": "2026.2"}).status_code in (302, 403)
    assert Policy.objects.count() == len(shipped_versions())
