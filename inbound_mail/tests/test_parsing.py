"""What a person wrote comes out of what their program sent, whichever it is, and nothing makes the reading fail."""

import random
import time

import pytest

from evidence.files import FileRefused
from evidence.sandbox import client
from evidence.sandbox.letter_html import text_of
from evidence.sandbox.letter_reader import read_letter
from evidence.sandbox.letter_text import Setting, split_text
from inbound_mail.heads import digest_of, read_head
from inbound_mail.tests.letters import HTML, OWN, PLAIN, QUOTED, letter

TO = "desk@example.com"


@pytest.mark.parametrize("program", PLAIN)
def test_only_the_persons_own_words_are_taken(program):
    assert split_text(PLAIN[program], Setting(frozenset({TO}))).own == OWN
    assert read_letter(letter(TO, PLAIN[program]).as_bytes(), [TO]).text == OWN


@pytest.mark.parametrize("program", HTML)
def test_html_is_read_as_text_without_what_is_quoted(program):
    found = read_letter(letter(TO, html=HTML[program]).as_bytes(), [TO]).text
    assert [line for line in found.split("\n") if line] == OWN.split("\n")
    assert QUOTED not in found


@pytest.mark.parametrize("charset", ["gbk", "gb2312", "gb18030", "utf-8", "big5"])
def test_chinese_character_sets_are_read(charset):
    said = "我付了款，商品沒到。" if charset == "big5" else "我付了款，货没到。"
    assert read_letter(letter(TO, said, charset=charset).as_bytes()).text == said


def test_what_is_called_gb2312_may_hold_more():
    raw = b"From: mei@example.com\r\nContent-Type: text/plain; charset=gb2312\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + "朱镕基".encode(
        "gbk"
    )
    assert read_letter(raw).text == "朱镕基"


def test_an_unknown_character_set_still_gives_a_text():
    raw = b"From: mei@example.com\r\nContent-Type: text/plain; charset=klingon\r\n\r\n" + "你好".encode()
    assert read_letter(raw).text == "你好"


def test_words_that_only_look_like_a_quotation_are_kept():
    said = "On Monday I wrote to the shop.\n我在微信里写道没有收到。\nFrom: here I went to the bank."
    assert split_text(said).own == said


def test_scripts_and_styles_are_no_text():
    assert text_of("<p>a<script>alert(1)</script><style>b</style>&lt;c&gt;</p>").strip() == "a<c>"


def test_attachments_come_with_their_names():
    message = letter(TO)
    message.add_attachment(b"x" * 20_000, maintype="image", subtype="png", filename="截图.png")
    message.add_attachment(b"sig", maintype="application", subtype="pkcs7-signature", filename="smime.p7s")
    found = read_letter(message.as_bytes()).attachments
    assert [(each.name, len(each.data)) for each in found] == [("截图.png", 20_000)]


def test_a_name_encoded_as_qq_mail_does_is_read():
    raw = (
        b"From: mei@example.com\r\nContent-Type: image/png; name=\"=?gb18030?B?vdjNvC5wbmc=?=\"\r\n"
        b"Content-Disposition: attachment; filename=\"=?gb18030?B?vdjNvC5wbmc=?=\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n"
    )  # fmt: skip
    assert [each.name for each in read_letter(raw).attachments] == ["截图.png"]


def test_pictures_inside_the_text_count_however_small_and_a_counter_of_readers_does_not():
    message = letter(TO, html='<img src="cid:dot"><img src="cid:small"><img src="cid:photo">这是照片')
    message.add_related(b"l" * 43, "image", "gif", cid="<dot>")
    message.add_related(b"s" * 900, "image", "png", cid="<small>")
    message.add_related(b"p" * 90_000, "image", "jpeg", cid="<photo>", filename="IMG_0001.jpg", disposition="inline")
    assert [each.name for each in read_letter(message.as_bytes()).attachments] == ["1.png", "IMG_0001.jpg"]


@pytest.mark.parametrize(
    "headers", [{"Auto_Submitted": "auto-replied"}, {"message_id": "<notice.7.3@example.com>"}, {"X_Failed_Recipients": "mei@example.com"}]
)
def test_machines_say_so_themselves(headers):
    assert read_head(letter(TO, **headers).as_bytes()).automatic


@pytest.mark.parametrize(
    "headers",
    [
        {"Precedence": "bulk"},
        {"Return_Path": "<>"},
        {"List_Id": "<list.example.com>"},
        {"sender": "postmaster@shop.example"},
    ],
)
def test_what_only_looks_like_a_machine_is_doubted(headers):
    head = read_head(letter(TO, **headers).as_bytes())
    assert head.doubtful and not head.automatic


@pytest.mark.parametrize("headers", [{"Auto_Submitted": "no"}, {"Auto_Submitted": "no; why=a person"}, {"X_Autoreply": "no"}])
def test_a_person_is_no_machine(headers):
    head = read_head(letter(TO, X_Mailer="QQMail 2.x", X_Priority="3", **headers).as_bytes())
    assert not head.automatic and not head.doubtful


def test_two_authors_are_nobody():
    assert read_head(letter(TO, sender="mei@example.com, wang@example.com").as_bytes()).sender == ""


def test_a_letter_without_a_name_is_known_by_all_of_it():
    assert digest_of(b"From: a@b.c\r\n\r\nx") != digest_of(b"From: a@b.c\r\n\r\ny")
    assert digest_of(b"Message-ID: <1@x>\r\n\r\nx") == digest_of(b"Message-ID: <1@x>\r\nReceived: y\r\n\r\nx")
    assert digest_of(b"Message-ID: <1@x>\r\n\r\nx") != digest_of(b"Message-ID: <1@x>\r\n\r\nanother")


def test_broken_letters_are_read_as_far_as_they_go():
    message = letter(TO, PLAIN["163"], charset="gbk")
    message.add_attachment(b"x" * 500, maintype="image", subtype="png", filename="截图.png")
    raw, dice = message.as_bytes(), random.Random(7)
    for _ in range(300):
        broken = bytearray(raw[: dice.randrange(1, len(raw))])
        for _ in range(dice.randrange(1, 20)):
            broken[dice.randrange(len(broken))] = dice.randrange(256)
        read_head(bytes(broken))
        try:
            read_letter(bytes(broken))
        except FileRefused as refused:
            assert refused.code in ("unreadable", "too_heavy")


def test_a_name_with_a_comma_in_it_is_no_second_author():
    raw = b"From: Wang, Mei <mei@example.com>\r\n\r\nx"
    assert read_head(raw).sender == "mei@example.com"


def nested(depth: int) -> bytes:
    begins = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(depth))
    return b"From: mei@example.com\nTo: desk@example.com\n" + begins + b"Content-Type: text/plain\n\nx\n"


HOSTILE = {
    "nested": nested(1_400),
    "many parts": b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: text/plain\n\nx\n" * 5_000,
    "long html": b"Content-Type: text/html\n\n" + b"<p>x</p>" * 30_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_tree_too_deep_or_too_wide_and_html_too_long_are_refused(name):
    with pytest.raises(FileRefused, match="too_heavy"):
        client.read_letter(HOSTILE[name])


def test_what_the_header_line_of_a_part_hides_is_found_in_the_examiner():
    """Without the word Content-Type nothing can be counted beforehand; with another charset nothing can be looked up."""
    for named in ("base64", "hex", "undefined", "idna", "utf-8\0", "rot13"):
        raw = f"Content-Type: text/plain; charset={named}\n\n".encode() + "我的订单号是 A-77".encode("gbk")
        assert client.read_letter(raw).text == "我的订单号是 A-77"


@pytest.mark.parametrize("named", ["", "utf-8", "us-ascii", "iso-8859-2", "unknown-8bit"])
def test_a_charset_that_does_not_fit_loses_no_character(named):
    said = "我的订单号是 A-77，请退款。"
    raw = (f"Content-Type: text/plain; charset={named}\n\n" if named else "\n").encode() + said.encode("gbk")
    assert named == "iso-8859-2" or read_letter(raw).text == said


@pytest.mark.parametrize("said", ["<!--", "<a ", "<a/", "<![CDATA[", "<?", "<a href='", "<", "<b>", "</a "])
def test_html_is_read_in_a_time_that_grows_with_its_length(said):
    """The interpreter's own parser takes minutes for some of these (CVE-2025-6069, CVE-2026-15308)."""
    for tail in ("", ">"):
        began = time.process_time()
        text_of(said * (20_000 // len(said)) + tail)
        assert time.process_time() - began < 2


def test_what_is_quoted_wholly_is_kept_wholly():
    raw = letter(TO, "---------- Forwarded message ---------\nFrom: bank\n\nYour card was charged 300.00").as_bytes()
    assert "300.00" in read_letter(raw).text


def test_an_absurdly_long_line_does_not_keep_us_busy():
    for said in ("在 " * 100_000, "On " * 100_000, "<div>" * 30_000, "> " * 100_000, "---" * 60_000):
        split_text(said)
        text_of(said)
