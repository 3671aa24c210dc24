"""What a person wrote comes out of what their program sent, whichever it is, and nothing makes the reading fail."""

import random

import pytest

from inbound_mail.parsing import digest_of, parse_email
from inbound_mail.tests.letters import HTML, OWN, PLAIN, QUOTED, letter
from inbound_mail.text_extraction import extract_own_text, text_of

TO = "desk@example.com"


@pytest.mark.parametrize("program", PLAIN)
def test_only_the_persons_own_words_are_taken(program):
    assert extract_own_text(PLAIN[program]) == OWN
    assert parse_email(letter(TO, PLAIN[program]).as_bytes()).text == OWN


@pytest.mark.parametrize("program", HTML)
def test_html_is_read_as_text_without_what_is_quoted(program):
    found = parse_email(letter(TO, html=HTML[program]).as_bytes()).text
    assert [line for line in found.split("\n") if line] == OWN.split("\n")
    assert QUOTED not in found


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "gb18030", "utf-8", "big5"])
def test_chinese_character_sets_are_read(charset):
    said = "我付了款，商品沒到。" if charset == "big5" else "我付了款，货没到。"
    assert parse_email(letter(TO, said, charset=charset).as_bytes()).text == said


def test_what_is_called_gb2312_may_hold_more():
    raw = b"From: mei@example.com\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + "朱镕基".encode(
        "gbk"
    )
    assert parse_email(raw).text == "朱镕基"


def test_an_unknown_character_set_still_gives_a_text():
    raw = b"From: mei@example.com\r\nContent-Type: text/plain; charset=klingon\r\n\r\n" + "你好".encode()
    assert parse_email(raw).text == "你好"


def test_words_that_only_look_like_a_quotation_are_kept():
    said = "On Monday I wrote to the shop.\n我在微信里写道没有收到。\nFrom: here I went to the bank."
    assert extract_own_text(said) == said


def test_scripts_and_styles_are_no_text():
    assert text_of("<p>a<script>alert(1)</script><style>b</style>&lt;c&gt;</p>").strip() == "a<c>"


def test_attachments_come_with_their_names():
    message = letter(TO)
    message.add_attachment(b"x" * 20_000, maintype="image", subtype="png", filename="截图.png")
    message.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    found = parse_email(message.as_bytes()).attachments
    assert [(each.name, len(each.data)) for each in found] == [("截图.png", 20_000)]


def test_a_name_encoded_as_qq_mail_does_is_read():
    raw = (
        b"From: mei@example.com\r\nContent-Type: image/png; name=\"=?gb18030?B?vdjNvC5wbmc=?=\"\r\n"
        b"Content-Disposition: attachment; filename=\"=?gb18030?B?vdjNvC5wbmc=?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    )  # fmt: skip
    assert [each.name for each in parse_email(raw).attachments] == ["截图.png"]


def test_a_photo_inside_the_text_counts_and_a_logo_does_not():
    message = letter(TO, html='<img src="cid:logo"><img src="cid:photo">这是照片')
    message.add_related(b"l" * 900, "image", "png", cid="<logo>")
    message.add_related(b"p" * 90_000, "image", "jpeg", cid="<photo>", filename="IMG_0001.jpg", disposition="inline")
    assert [each.name for each in parse_email(message.as_bytes()).attachments] == ["IMG_0001.jpg"]


@pytest.mark.parametrize(
    "headers",
    [
        {"Auto_Submitted": "auto-replied"},
        {"Precedence": "bulk"},
        {"X_Autoreply": "yes"},
        {"Return_Path": "<>"},
        {"List_Id": "<list.example.com>"},
        {"message_id": "<notice.7.3@example.com>"},
        {"sender": "MAILER-DAEMON@qq.com"},
    ],
)
def test_machines_are_known_by_their_headers(headers):
    assert parse_email(letter(TO, **headers).as_bytes()).automatic


def test_a_person_is_no_machine():
    assert not parse_email(letter(TO, Auto_Submitted="no", X_Mailer="QQMail 2.x", X_Priority="3").as_bytes()).automatic


def test_two_authors_are_nobody():
    assert parse_email(letter(TO, sender="mei@example.com, wang@example.com").as_bytes()).sender == ""


def test_a_letter_without_a_name_is_known_by_all_of_it():
    assert digest_of(b"From: a@b.c\r\n\r\nx") != digest_of(b"From: a@b.c\r\n\r\ny")
    assert digest_of(b"Message-ID: <1@x>\r\n\r\nx") == digest_of(b"Message-ID: <1@x>\r\nReceived: y\r\n\r\nx")


def test_broken_letters_are_read_as_far_as_they_go():
    message = letter(TO, PLAIN["163"], charset="gbk")
    message.add_attachment(b"x" * 500, maintype="image", subtype="png", filename="截图.png")
    raw, dice = message.as_bytes(), random.Random(7)
    for _ in range(300):
        broken = bytearray(raw[: dice.randrange(1, len(raw))])
        for _ in range(dice.randrange(1, 20)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        parse_email(bytes(broken))


def test_an_absurdly_long_line_does_not_keep_us_busy():
    for said in ("在 " * 100_000, "On " * 100_000, "<div>" * 30_000, "> " * 100_000, "---" * 60_000):
        extract_own_text(said)
        text_of(said)
