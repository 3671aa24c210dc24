"""What a person wrote is kept whole; what their program quoted is folded, and no word of either is lost."""

from __future__ import annotations

from collections import Counter

import pytest

from evidence.sandbox.letter_html import html_lines
from evidence.sandbox.letter_text import TOKEN, Setting, split_lines, split_text
from inbound_mail.tests.clients import ELSEWHERE, FROM_US, KEPT, PLAIN

SETTING = Setting(frozenset({FROM_US}), "mei@example.com", answers=True, subject="您的投诉")
OWN = "我已经补充了截图。\n请尽快处理，谢谢！"
QUOTED, SIGNATURE = "您的投诉有了回复", "梅小姐 138-0000-0000\n某某公司"


def filled(form: str) -> str:
    return form.replace("%OWN%", OWN).replace("%QUOTED%", QUOTED).replace("%SIGNATURE%", SIGNATURE)


def words(text: str) -> Counter:
    return Counter(TOKEN.findall(text.replace("&nbsp;", " ")))


@pytest.mark.parametrize("program", PLAIN)
def test_the_own_words_are_the_text_and_the_rest_is_folded(program):
    found = split_text(filled(PLAIN[program]), SETTING)
    assert found.own.removesuffix("\n\nMei") == OWN
    assert (QUOTED in found.folded) == ("%QUOTED%" in PLAIN[program]) and (SIGNATURE in found.folded) == ("%SIGNATURE%" in PLAIN[program])
    assert words(found.own) + words(found.folded) == words(filled(PLAIN[program]))


@pytest.mark.parametrize("place", ELSEWHERE)
def test_answers_below_and_between_what_is_quoted_are_own(place):
    said = filled(ELSEWHERE[place])
    found = split_text(said, SETTING)
    assert all(line in found.own for line in OWN.split("\n"))
    assert words(found.own) + words(found.folded) == words(said)
    assert place == "below a head" or (QUOTED in found.folded and QUOTED not in found.own)
    assert place != "between" or "好的，没有问题。" in found.own


@pytest.mark.parametrize("kind", KEPT)
@pytest.mark.parametrize("answers", [True, False])
def test_what_only_looks_like_a_quotation_is_not_folded(kind, answers):
    if answers and kind == "greater than":
        pytest.skip("in an answer such a line is the quotation")
    found = split_text(KEPT[kind], Setting(frozenset({FROM_US}), "mei@example.com", answers=answers))
    assert found.folded == "" and words(found.own) == words(KEPT[kind])


def test_where_folding_leaves_little_nothing_is_folded():
    said = "见下\n\n发件人: Supportdesk <desk@example.com>\n发送时间: 2026年3月10日 20:52\n\n这里是我在引文中写的回答。"
    assert split_text(said, SETTING).own == said and not split_text(said, SETTING).folded


def test_what_is_quoted_line_by_line_and_answered_with_nothing_is_nothing():
    assert split_text("On Tue, 10 Mar 2026 at 20:52, desk <desk@example.com> wrote:\n> question\n> more\n", SETTING).own == ""


HTML = {
    "gmail": '<div dir="ltr">%OWN%</div><br><div class="gmail_quote"><div class="gmail_attr">On Tue, Mar 10, 2026 Supportdesk &lt;'
    'desk@example.com&gt; wrote:<br></div><blockquote class="gmail_quote">%QUOTED%</blockquote></div>',
    "qq": '%OWN%<div><br></div><div style="font-size:12px">------------------&nbsp;原始邮件&nbsp;------------------</div><div>'
    '发件人: "desk"'
    "&lt;desk@example.com&gt;;</div><div>%QUOTED%</div>",
    "qq box": '<div class="qmbox"><includetail>%OWN%</includetail></div>',
    "outlook": '<body>%OWN%<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>发件人:</b> desk</div><div>%QUOTED%</div></body>',
    "163": '%OWN%<br><p>At 2026-03-10 20:52:00, "desk" &lt;desk@example.com&gt;'
    ' wrote:</p><blockquote id="isReplyContent">%QUOTED%</blockquote>',
    "netease master": '%OWN%<br><div class="ntes-mailmaster-quote">---- 回复的原邮件 ----<div>%QUOTED%</div></div>',
    "apple": '%OWN%<br id="lineBreakAtBeginningOfSignature"><div dir="ltr">发自我的iPhone</div><div><br>'
    '<blockquote type="cite">在 2026年3月10日，20:52'
    "，desk 写道：</blockquote></div><blockquote>%QUOTED%</blockquote>",
    "signed": '%OWN%<div class="gmail_signature">梅小姐<br>某某公司</div>',
    "below": '<div class="gmail_quote">On Tue desk@example.com wrote:<blockquote class="gmail_quote">%QUOTED%</blockquote></div>%OWN%',
}
LINES = "<div>我已经补充了截图。</div><div>请尽快处理，谢谢！</div>"


@pytest.mark.parametrize("program", HTML)
def test_html_is_folded_by_what_its_program_marked(program):
    lines = html_lines(HTML[program].replace("%OWN%", LINES).replace("%QUOTED%", QUOTED))
    found = split_lines(lines, SETTING)
    assert [line for line in found.own.split("\n") if line] == OWN.split("\n")
    assert words(found.own) + words(found.folded) == words("\n".join(line.text for line in lines))


@pytest.mark.parametrize(
    "html",
    [
        '<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>From: Bank &lt;'
        "notice@bank.example&gt;</div>消费300元</div>",
        '<div>见银行通知</div><div id="divRplyFwdMsg"><b>发件人:</b> 银行 &lt;notice@bank.example&gt;<br>'
        "<b>发送时间:</b> 2026年3月10日 8:00</div>消费300元",
        "<div>原话是：</div><blockquote>你的退款不予受理</blockquote><div>我不同意</div>",
    ],
)
def test_html_of_somebody_else_is_kept(html):
    lines = html_lines(html)
    found = split_lines(lines, Setting(frozenset({FROM_US}), "mei@example.com", answers=False))
    assert not found.folded and words(found.own) == words("\n".join(line.text for line in lines))


def test_html_keeps_cells_apart_and_addresses_beside_their_words():
    said = "\n".join(
        line.text for line in html_lines('<td>金额</td><td>300</td><p><a href="https://mail.example/big?k=1">点击下载</a></p>')
    )
    assert said.split() == ["金额", "300", "点击下载", "https://mail.example/big?k=1"]
