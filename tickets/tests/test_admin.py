"""The core in the admin: rules as drafts, contacts that have to be verified, tickets as metadata that nobody edits."""

import re

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from sla.models import Policy
from tickets.models import AssignmentRule, Category, EscalationTarget, Event, Message, Notification, Tag, Ticket
from tickets.operations import post_message
from tickets.policy.publishing import new_version
from tickets.tests.making import STATEMENT, under_review

pytestmark = [pytest.mark.sqlite, pytest.mark.django_db]
METADATA = ("ticket", "timer", "event", "message", "notification")


@pytest.fixture
def admin(client, admin_person):
    client.force_login(admin_person)
    return client


def listed(name: str) -> str:
    return reverse(f"admin:tickets_{name}_changelist")


def page(admin, address: str) -> str:
    response = admin.get(address, headers={"accept-language": "en"})
    assert response.status_code == 200, address
    return response.content.decode()


def act(admin, address: str, action: str, *keys) -> str:
    data = {"action": action, "_selected_action": [str(key) for key in keys]}
    return admin.post(address, data, follow=True, headers={"accept-language": "en"}).content.decode()


# ---- Versions of the rules
def test_one_click_makes_the_whole_draft(admin) -> None:
    act(admin, reverse("admin:sla_policy_changelist"), "draft_from", "2026.2")
    draft = Policy.objects.get(published_at=None)
    assert draft.categories.count() == Category.objects.filter(policy="2026.2").count() == 13
    assert draft.payee_rules.count() == 4
    assert LogEntry.objects.filter(object_id=draft.pk).exists()


def test_one_click_publishes_it_and_a_broken_one_says_why(admin) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    Category.objects.filter(policy=draft, key="after_sale").update(lane="nowhere")
    text = act(admin, reverse("admin:sla_policy_changelist"), "publish_draft", draft.pk)
    assert "after_sale: There is no “nowhere”." in text
    Category.objects.filter(policy=draft, key="after_sale").update(lane="standard")
    act(admin, reverse("admin:sla_policy_changelist"), "publish_draft", draft.pk)
    assert not Policy.objects.get(pk=draft.pk).is_draft


def category_form(category: Category, **changes) -> dict[str, object]:
    names = ("key", "position", "title_zh", "title_en", "words_zh", "words_en", "routing", "lane", "review_target_wd", "review_limit_wd")
    form = {name: getattr(category, name) or "" for name in names}
    form |= {name: getattr(category, name) for name in ("facts", "required_facts", "emergency_facts", "responsible_parties", "remedies")}
    form |= {"targets": '["l1_internal"]', "slots-TOTAL_FORMS": 0, "slots-INITIAL_FORMS": 0}
    return {**form, **changes}


def test_a_category_is_edited_in_a_draft_and_read_when_published(admin) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    mine = Category.objects.get(policy=draft, key="merchant_deduction")
    address = reverse("admin:tickets_category_change", args=[mine.pk])
    response = admin.post(address, category_form(mine, review_limit_wd=4, facts=["terminal_no", "fee"]))
    assert response.status_code == 302, response.context["errors"]
    mine.refresh_from_db()
    assert (mine.review_limit_wd, mine.facts) == (4, ["terminal_no", "fee"]) or set(mine.facts) == {"terminal_no", "fee"}
    assert LogEntry.objects.filter(object_id=str(mine.pk)).exists()

    published = Category.objects.get(policy="2026.2", key="merchant_deduction")
    address = reverse("admin:tickets_category_change", args=[published.pk])
    assert 'name="review_limit_wd"' not in page(admin, address)
    assert admin.post(address, category_form(published, review_limit_wd=9)).status_code == 403
    assert admin.post(reverse("admin:tickets_category_delete", args=[published.pk]), {"post": "yes"}).status_code == 403


def test_nonsense_in_a_category_is_said_at_its_field(admin) -> None:
    draft = new_version(Policy.objects.get(version="2026.2"))
    mine = Category.objects.get(policy=draft, key="merchant_deduction")
    address = reverse("admin:tickets_category_change", args=[mine.pk])
    response = admin.post(address, category_form(mine, targets='["moon"]', review_target_wd=5, review_limit_wd=2))
    assert response.status_code == 200
    assert set(response.context["adminform"].form.errors) == {"targets", "review_target_wd"}


# ---- Places to turn to
def test_a_changed_contact_is_hidden_until_it_is_verified_again(admin, admin_person) -> None:
    target = EscalationTarget.objects.get(key="consumer_association")
    assert "no contact" in act(admin, listed("escalationtarget"), "mark_verified", target.pk)
    address = reverse("admin:tickets_escalationtarget_change", args=[target.pk])
    form = {name: getattr(target, name) for name in ("position", "title_zh", "title_en", "does_zh", "does_en", "hours")}
    assert admin.post(address, {**form, "contact": "12363"}).status_code == 302
    act(admin, listed("escalationtarget"), "mark_verified", target.pk)
    target.refresh_from_db()
    assert (target.shown_contact, target.verified_by) == ("12363", admin_person)

    admin.post(address, {**form, "contact": "12399"})
    target.refresh_from_db()
    assert (target.shown_contact, target.verified_at) == ("", None)
    assert LogEntry.objects.filter(object_id=str(target.pk)).count() == 3
    admin.post(address, {**form, "contact": "12399", "title_en": "Financial consumers"})
    assert EscalationTarget.objects.get(pk=target.pk).title_en == "Financial consumers"


def test_targets_are_neither_added_nor_deleted(admin) -> None:
    target = EscalationTarget.objects.first()
    assert admin.get(reverse("admin:tickets_escalationtarget_add")).status_code == 403
    assert admin.post(reverse("admin:tickets_escalationtarget_delete", args=[target.pk]), {"post": "yes"}).status_code == 403


# ---- Tickets and what hangs on them
@pytest.fixture
def ticket(mei, chen) -> Ticket:
    ticket = under_review(mei, chen)
    post_message(mei, ticket.ref, {"body": "一句只给处理人看的话"})
    return ticket


@pytest.mark.parametrize("name", METADATA)
def test_they_are_only_read_and_never_what_somebody_wrote(name, admin, ticket) -> None:
    model = {"ticket": Ticket, "event": Event, "message": Message, "notification": Notification}.get(name)
    row = (model.objects if model else ticket.timers).latest("pk")
    address = reverse(f"admin:tickets_{name}_change", args=[row.pk])
    texts = page(admin, listed(name)) + page(admin, address)
    assert STATEMENT["symptom"] not in texts
    assert "一句只给处理人看的话" not in texts
    assert admin.get(reverse(f"admin:tickets_{name}_add")).status_code == 403
    assert admin.post(address, {"status": "closed"}).status_code == 403
    assert admin.post(reverse(f"admin:tickets_{name}_delete", args=[row.pk]), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize(
    ("name", "words"),
    [("ticket", "审核中"), ("timer", "最迟答复"), ("event", "投诉已登记"), ("message", "公开"), ("notification", "等待中")],
)
def test_columns_fields_and_filters_tell_codes_in_words(name, words, admin, ticket) -> None:
    def text(address: str) -> str:
        return admin.get(address, headers={"accept-language": "zh-hans"}).content.decode()

    listing = text(listed(name))
    assert listing.count(words) >= 2, "in the column and in the filter"
    assert "under_review" not in re.sub(r'href="[^"]*"', "", listing)


def test_a_filter_told_in_words_narrows(admin, ticket) -> None:
    assert ticket.ref in page(admin, listed("ticket") + "?status=under_review")
    assert ticket.ref not in page(admin, listed("ticket") + "?status=closed")


def test_a_failed_notice_is_sent_again_and_the_act_is_logged(admin, ticket, mailoutbox) -> None:
    notice = Notification.objects.filter(recipient=ticket.owner).first()
    Notification.objects.filter(pk=notice.pk).update(state="failed", attempts=5, last_error="no")
    act(admin, listed("notification"), "try_again", notice.pk)
    notice.refresh_from_db()
    assert notice.state in ("pending", "sent")
    assert LogEntry.objects.filter(object_id=str(notice.pk)).exists()
    sent = Notification.objects.filter(state="sent").first() or notice
    Notification.objects.filter(pk=sent.pk).update(state="sent", sent_at=timezone.now())
    act(admin, listed("notification"), "try_again", sent.pk)
    assert Notification.objects.get(pk=sent.pk).state == "sent"


# ---- Tags
def test_a_supervisor_keeps_the_tags_and_nobody_deletes_one(client, zhao, lin) -> None:
    press = Tag.objects.create(name="press")
    for someone, status in ((zhao, 200), (lin, 403)):
        type(someone).objects.filter(pk=someone.pk).update(is_staff=True)
        client.force_login(someone)
        assert client.get(reverse("admin:tickets_tag_add")).status_code == status
        assert client.get(reverse("admin:tickets_tag_delete", args=[press.pk])).status_code == 403
    client.force_login(zhao)
    client.post(reverse("admin:tickets_tag_add"), {"name": "urgent", "tone": "bad"})
    assert Tag.objects.get(name="urgent").tone == "bad"


# ---- Categories by name
@pytest.mark.parametrize(("language", "field"), [("en", "title_en"), ("zh-hans", "title_zh")])
def test_categories_are_told_by_name(language, field, admin, mei, chen) -> None:
    ticket = under_review(mei, chen)
    AssignmentRule.objects.create(category=ticket.category, mode="load")
    AssignmentRule.objects.create(category="", mode="load")
    title = getattr(Category.objects.get(policy=ticket.policy_id, key=ticket.category), field)
    pages = [listed("ticket"), reverse("admin:tickets_ticket_change", args=[ticket.pk]), listed("assignmentrule")]
    for address in pages:
        html = admin.get(address, headers={"accept-language": language}).content.decode()
        shown = re.sub(r"<[^>]*>", " ", html[html.index('id="content"') :])
        assert title in shown, address
        assert ticket.category not in shown, address
    assert ("All without a rule of their own" if language == "en" else "所有没有单独规则的类别") in shown


def test_a_category_no_policy_knows_keeps_its_code(admin, mei, chen) -> None:
    ticket = under_review(mei, chen)
    Ticket.objects.filter(pk=ticket.pk).update(category="gone_by")
    assert "gone_by" in page(admin, listed("ticket"))


def test_the_list_of_tickets_costs_the_same_queries_for_more(admin, mei, chen, django_assert_num_queries) -> None:
    under_review(mei, chen)
    page(admin, listed("ticket"))
    with CaptureQueriesContext(connection) as few:
        page(admin, listed("ticket"))
    for _more in range(5):
        under_review(mei, chen)
    with django_assert_num_queries(len(few)):
        page(admin, listed("ticket"))
