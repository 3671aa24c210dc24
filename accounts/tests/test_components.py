"""The parts pages are made of."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django import forms
from django.template import Context, Template
from django.utils import timezone

from lib.pages import render_macro

FORM = "components/form.html"
NOW = datetime(2026, 9, 30, 10, 5, tzinfo=UTC)


class Form(forms.Form):
    amount = forms.DecimalField(label="金额", help_text="两位小数")
    kind = forms.ChoiceField(label="种类", choices=[("a", "甲"), ("b", "乙")], widget=forms.RadioSelect)
    note = forms.CharField(label="备注", required=False)
    agree = forms.BooleanField(label="同意")
    key = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        self.add_error(None, "整体有误 <b>")


def tag(source, **context):
    with timezone.override("Asia/Shanghai"):
        return Template("{% load ui %}" + source).render(Context(context))


def test_a_summary_links_every_error_to_its_field():
    html = render_macro(FORM, "error_summary", Form({"note": "x"}))
    assert 'href="#id_amount"' in html
    assert 'href="#id_kind_0"' in html
    assert 'href="#id_agree"' in html
    assert "整体有误 &lt;b&gt;" in html
    assert 'href="#id_key"' not in html
    assert 'role="alert"' in html


def test_without_errors_there_is_no_summary():
    assert "error-summary" not in render_macro(FORM, "error_summary", Form())


def test_a_field_ties_hint_and_error_to_its_input():
    html = render_macro(FORM, "form_field", Form({"amount": "x"})["amount"])
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html
    assert 'id="id_amount_helptext"' in html
    assert 'id="id_amount_error"' in html
    assert 'aria-invalid="true"' in html
    assert 'value="x"' in html


def test_a_group_is_a_fieldset_with_a_legend():
    html = render_macro(FORM, "form_field", Form({})["kind"])
    assert "<fieldset" in html
    assert "<legend>种类" in html


def test_an_optional_field_says_so():
    assert "选填" in render_macro(FORM, "form_field", Form()["note"])
    assert "选填" not in render_macro(FORM, "form_field", Form()["amount"])


def test_hidden_fields_come_along():
    assert 'type="hidden"' in render_macro(FORM, "form_fields", Form())


@pytest.mark.parametrize(
    ("left", "tone", "text"),
    [
        (timedelta(days=4), "info", "剩余 4 天"),
        (timedelta(hours=3), "warn", "剩余 3 小时"),
        (timedelta(hours=-1), "bad", "已逾期 1 小时"),
    ],
)
def test_a_running_clock_tells_time_left_by_word_and_tone(left, tone, text):
    with time_machine.travel(NOW, tick=False):
        html = tag("{% clock due %}", due=NOW + left)
    assert f"tone-{tone}" in html
    assert text in html
    assert "data-clock" in html
    assert f'datetime="{(NOW + left).isoformat()}"' in html


@pytest.mark.parametrize(("state", "word"), [("met", "按时完成"), ("paused", "已暂停"), ("expired", "已到期"), ("cancelled", "已取消")])
def test_a_stopped_clock_tells_its_outcome_and_stands_still(state, word):
    html = tag("{% clock due state %}", due=NOW, state=state)
    assert word in html
    assert "data-clock=" not in html


def test_a_breached_clock_goes_on_until_it_is_stopped():
    with time_machine.travel(NOW + timedelta(hours=2), tick=False):
        assert "已逾期 2 小时" in tag("{% clock due 'breached' %}", due=NOW)
        assert "已逾期" in tag("{% clock due 'breached' due %}", due=NOW)


def test_a_deadline_names_its_zone_once():
    due = datetime(2026, 10, 10, 16, 0, tzinfo=UTC)
    assert tag("{% deadline due %}", due=due) == f'<time datetime="{due.isoformat()}">2026年10月10日（周六）24:00（北京时间）</time>'
    assert "北京时间" not in tag("{% deadline due zone=False %}", due=due)
    assert tag("{% moment at %}", at=None) == "–"


def test_a_picture_is_silent_unless_titled():
    assert 'aria-hidden="true"' in tag("{% icon 'clock' %}")
    assert 'aria-label="迟了"' in tag("{% icon 'late' '迟了' %}")


@pytest.mark.parametrize(
    ("agent", "text"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Mobile MicroMessenger/8.0", "WeChat, iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140 Safari/537.36 Edg/140", "Edge, Windows"),
        ("curl/8", "curl/8"),
    ],
)
def test_a_browser_is_named_in_words(agent, text):
    assert tag("{{ agent|browser_text }}", agent=agent) == text
