"""Letters of every program in every set of characters, files of every kind, and machines: what is kept, folded, told. Made here."""

from __future__ import annotations

import base64
import struct
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.files import FileRefused
from evidence.sandbox.letter_charsets import decode_whole
from evidence.sandbox.letter_files import unpack_tnef
from evidence.sandbox.letter_reader import read_letter
from evidence.sandbox.letter_text import TOKEN
from evidence.tests import making
from inbound_mail.heads import read_head
from inbound_mail.tests.clients import FROM_US, PLAIN
from inbound_mail.tests.letters import letter

TO = "desk@example.com"
SAID = {
    "utf-8": "我已经补充了截图。\n请尽快处理，谢谢！", "gb2312": "我已经补充了截图。\n请尽快处理，"
    "谢谢！", "gb18030": "朱镕基先生㐀已经收到。\n谢谢！",
    "big5": "我已經補充了截圖。\n請儘快處理，謝謝！", "iso-2022-jp": "スクリーンショットを送りました。\nよろしくお願いします。",
}  # fmt: skip


def raw(charset: str, body: bytes, encoding: str = "8bit", kind: str = "plain") -> bytes:
    named = f"; charset={charset}" if charset else ""
    head = f"From: mei@example.com\nTo: {TO}\nSubject: Re: x\nContent-Type: text/{kind}{named}\nContent-Transfer-Encoding: {encoding}\n\n"
    return head.encode() + body


def words(text: str) -> list[str]:
    return sorted(TOKEN.findall(text.replace("&nbsp;", " ")))


# ---- Programs and sets of characters
@pytest.mark.parametrize("charset", SAID)
@pytest.mark.parametrize("program", PLAIN)
def test_every_program_in_every_set_is_read_whole(program, charset):
    quoted = "News of your complaint"
    text = PLAIN[program].replace("%OWN%", SAID[charset]).replace("%QUOTED%", quoted).replace("%SIGNATURE%", "Mei").replace("\ufeff", "")
    named = "utf-8" if charset in ("big5", "iso-2022-jp", "gb2312") else charset
    data = text.encode(named, errors="replace")
    found = read_letter(raw(named, base64.encodebytes(data), "base64"), [FROM_US])
    assert found.text.removesuffix("\n\nMei") == SAID[charset] and not found.missed
    assert words(found.text) + words(found.folded) and sorted(words(found.text) + words(found.folded)) == words(data.decode(named))


@pytest.mark.parametrize("charset", SAID)
def test_what_is_named_is_what_it_is_read_by(charset):
    assert read_letter(raw(charset, SAID[charset].encode(charset))).text == SAID[charset]


SENTENCE = "我的订单号是 A-77，请退款。"


@pytest.mark.parametrize(
    "named",
    [
        "", "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "unknown-8bit", "x-unknown", "base64", "hex", "undefined", "idna",
        "punycode", "rot13", "zlib",
        "utf-16", "utf-8\0", "unicode_escape", "raw_unicode_escape", "mbcs", "klingon", "gb2312", "gbk", '"gbk"', "default",
    ],
)  # fmt: skip
def test_chinese_is_read_whatever_is_named(named):
    found = read_letter(raw(named, SENTENCE.encode("gbk")))
    assert found.text == SENTENCE and not found.missed


@pytest.mark.parametrize("named", ["gb2312", "gbk", "us-ascii", "iso-8859-1", "utf-16", "unknown"])
def test_utf_8_is_read_whatever_is_named(named):
    assert read_letter(raw(named, SENTENCE.encode())).text == SENTENCE


@pytest.mark.parametrize(
    ("said", "charset", "named"),
    [
        ("スクリーンショット", "iso-2022-jp", ""), ("안녕하세요 환불", "iso2022_kr", ""), ("안녕하세요", "cp949", "ks_c_5601-1987"),
        ("我想退款", "utf-7", "utf-7"), ("我想退款", "utf-16", "utf-16"), ("我想退款", "hz", "hz-gb-2312"), ("①髙橋", "cp932", "shift_jis"),
        ("Trả lại tiền’s", "utf-8", "windows-1258"), ("l’été à Paris", "cp1252", "iso-8859-1"), ("créée", "cp1252", "windows-1252"),
        ("Привет, верните деньги", "koi8-r", "koi8-r"), ("Привет", "cp1251", "windows-1251"), ("碁銹裏", "cp950", "big5"),
    ],
)  # fmt: skip
def test_other_sets_are_read(said, charset, named):
    if named == "windows-1258":
        assert read_letter(raw("windows-1258", b"it\x92s")).text == "it’s"
        return
    assert read_letter(raw(named, said.encode(charset))).text == said


def test_html_may_name_its_own_set():
    body = '<html><head><meta http-equiv="Content-Type" content="text/html; charset=big5"></head><p>請退款</p>'.encode("big5")
    assert read_letter(raw("", body, kind="html")).text == "請退款"


def test_what_no_set_fits_is_marked_and_told():
    found = read_letter(raw("utf-8", b"abc \xff\xff\x81 def"))
    assert found.text == "abc \ufffd\ufffd\ufffd def" and found.missed == (("damaged", ""),)


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200), st.text(max_size=20))
def test_no_bytes_and_no_name_make_decoding_raise(data, named):
    text, _whole = decode_whole(data, named)
    text.encode()
    assert "\x00" not in text


@settings(max_examples=60, deadline=None)
@given(
    st.binary(max_size=60),
    st.sampled_from(["Content-Type", "Content-Disposition", "Content-Transfer-Encoding", "Subject", "From", "Content-ID"]),
)
def test_no_header_makes_the_reading_raise(value, name):
    data = f"{name}: ".encode() + value.replace(b"\n", b" ") + b"\nTo: desk@example.com\n\nThe money did not come"
    read_head(data)
    try:
        found = read_letter(data)
    except FileRefused:
        return
    (found.text + found.folded + "".join(each.name for each in found.attachments)).encode()


# ---- Files
NAMES = {
    "=?x-unknown?B?5oiq5Zu+?=.png": "截图.png", "=?gb18030?B?vdjNvC5wbmc=?=": "截图.png", "=?utf-8?Q?a=2Epng?=": "a.png",
    "=?base64?B?YQ==?=.png": "a.png",
    "=?utf-8?B?AAA?=": None, "=?idna?Q?a?=": "a", "plain.pdf": "plain.pdf",
}  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_that_cannot_be_decoded_lose_no_file(name):
    data = raw("", b"").replace(b"text/plain", f'image/png; name="{name}"'.encode()) + b"x" * 200
    (file,) = read_letter(data).attachments
    assert len(file.data) == 200 and (NAMES[name] is None or file.name == NAMES[name])


@pytest.mark.parametrize("charset", ["base64", "hex", "undefined", "idna", "x-none", "utf-8", "gbk"])
def test_names_of_rfc_2231_in_any_set_lose_no_file(charset):
    data = (
        b"Content-Type: application/pdf\nContent-Disposition: attachment; filename*=" + f"{charset}''%E6%88%AA.pdf\n\n".encode() + b"%PDF-1"
    )
    (file,) = read_letter(data).attachments
    assert file.data == b"%PDF-1" and file.name


@pytest.mark.parametrize("kind", ["application/pdf", "application/octet-stream", "image/jpeg", "text/csv"])
def test_a_file_without_name_and_disposition_is_one(kind):
    message = letter(TO)
    message.make_mixed()
    part = EmailMessage()
    part["Content-Type"] = kind
    part.set_payload(b"%PDF-1.4 " + b"x" * 200)
    message.attach(part)
    assert len(read_letter(message.as_bytes()).attachments) == 1


def tnef(*files: tuple[str, bytes]) -> bytes:
    def attribute(number: int, value: bytes) -> bytes:
        return struct.pack("<BII", 2, number, len(value)) + value + b"\0\0"

    inside = b"".join(
        attribute(0x69002, b"\0" * 14) + attribute(0x18010, name.encode("gbk") + b"\0") + attribute(0x6800F, data) for name, data in files
    )
    return struct.pack("<IH", 0x223E9F78, 1) + struct.pack("<BII", 1, 0x89006, 4) + b"\0\0\1\0" + b"\0\0" + inside


def test_files_in_winmail_are_taken_and_a_broken_one_is_told():
    message = letter(TO)
    message.add_attachment(
        tnef(("截图.png", b"p" * 300), ("a.pdf", b"%PDF")), maintype="application", subtype="ms-tnef", filename="winmail.dat"
    )
    found = read_letter(message.as_bytes())
    assert [(each.name, len(each.data)) for each in found.attachments] == [("截图.png", 300), ("a.pdf", 4)] and not found.missed
    broken = letter(TO)
    broken.add_attachment(b"\x78\x9f\x3e\x22 nothing", maintype="application", subtype="ms-tnef", filename="winmail.dat")
    assert read_letter(broken.as_bytes()).missed == (("winmail", "winmail.dat"),)


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=200))
def test_no_winmail_makes_the_reading_raise(data):
    unpack_tnef(struct.pack("<IH", 0x223E9F78, 1) + data)


def test_a_picture_written_into_the_page_is_taken_however_large():
    picture = making.png() * 3_000
    html = f'<p>截图如下</p><img src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
    found = read_letter(letter(TO, html=html).as_bytes())
    assert found.text == "截图如下" and [each.data for each in found.attachments] == [picture]


def test_an_enclosed_letter_is_kept_with_its_head_and_its_files():
    bank = EmailMessage()
    bank["From"], bank["Subject"] = "bank@bank.example", "消费提醒"
    bank.set_content("您消费了 300.00 元\n\n-- \nthe bank")
    bank.add_attachment(b"%PDF-1.4 statement", maintype="application", subtype="pdf", filename="账单.pdf")
    message = letter(TO, "银行的通知在附件里")
    message.add_attachment(bank)
    found = read_letter(message.as_bytes())
    assert found.text.startswith("银行的通知在附件里")
    assert all(each in found.text for each in ("bank@bank.example", "消费提醒", "300.00", "the bank"))
    assert [each.name for each in found.attachments] == ["账单.pdf"]


INVITATION = "BEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nSUMMARY:Meeting\nEND:VEVENT\nEND:VCALENDAR\n"


def test_an_invitation_is_named_and_its_words_are_folded():
    message = letter(TO)
    message.add_attachment(INVITATION, subtype="calendar", filename="invite.ics")
    found = read_letter(message.as_bytes())
    assert found.missed == (("calendar", "invite.ics"),) and "Meeting" in found.folded and not found.attachments


@pytest.mark.parametrize("kind", ["application/pkcs7-mime; name=smime.p7m", "multipart/encrypted; boundary=b; protocol=pgp"])
def test_an_encrypted_letter_is_told(kind):
    body = b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n"
    assert ("encrypted", "") in read_letter(b"Content-Type: " + kind.encode() + b"\n\n" + body).missed


def test_a_signed_letter_is_read_and_its_signature_is_no_file():
    message = letter(TO)
    message.add_attachment(b"sig", maintype="application", subtype="pgp-signature", filename="signature.asc")
    found = read_letter(message.as_bytes())
    assert found.text and not found.attachments and not found.missed


@pytest.mark.parametrize(
    "address",
    [
        "https://mail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs_ftn_download",
        "https://wx.mail.qq.com/ftn/download?func=3",
        "https://mail.163.com/large-attachment-download/index.html?p=x",
    ],
)
@pytest.mark.parametrize("alternative", [False, True])
def test_the_link_of_a_large_file_is_kept_and_named(address, alternative):
    message = letter(TO, "录像见附件") if alternative else EmailMessage()
    html = f'<p>录像见附件</p><div>从QQ邮箱发来的超大附件</div><a href="{address}">点击下载</a>'
    if alternative:
        message.add_alternative(html, subtype="html")
    else:
        message.set_content(html, subtype="html")
    found = read_letter(message.as_bytes())
    assert address in found.text and found.missed == (("large_file", ""),)


def test_format_flowed_is_put_together():
    data = b"Subject: Re: x\nContent-Type: text/plain; charset=utf-8; format=flowed\n\nThe money did \nnot come \nback.\n\n-- \nMei\n"
    found = read_letter(data)
    assert (found.text, found.folded) == ("The money did not come back.", "--\nMei")


def test_a_mailing_list_s_footer_beside_html_loses_no_word():
    message = EmailMessage()
    message.make_mixed()
    for subtype, text in (("html", "<p>钱没有到账，请核实</p>"), ("plain", "-- \nlist footer")):
        part = EmailMessage()
        part.set_content(text, subtype=subtype)
        message.attach(part)
    assert "钱没有到账" in read_letter(message.as_bytes()).text


def test_what_only_the_other_form_says_is_folded():
    message = letter(TO, "This e-mail is HTML only.")
    message.add_alternative("<p>钱没有到账，请核实一下吧</p>", subtype="html")
    found = read_letter(message.as_bytes())
    assert found.text == "钱没有到账，请核实一下吧" and "HTML only" in found.folded


# ---- Who sent it
@pytest.mark.parametrize(
    "sender",
    ["Wang, Mei <{}>", "Mei [Shop] <{}>", "Mei @ Shop <{}>", "Mei; Shop <{}>", "王梅 <{}>", "<<{}>>"],
)
def test_names_that_nobody_quoted_are_no_second_author(sender):
    assert read_head(f"From: {sender.format('mei@example.com')}\n\nx".encode()).sender == "mei@example.com"


@pytest.mark.parametrize(
    "sender",
    ["mei@example.com, wang@example.com", '"Mei <mei@example.com>" <wang@example.com>', "Mei mei@example.com <wang@example.com>", ""],
)
def test_another_author_is_not_hers(sender):
    assert read_head(f"From: {sender}\n\nx".encode()).sender != "mei@example.com"


AWAY = [
    "Automatic reply: your complaint", "Out of Office: x", "自动回复:您的投诉", "自動回覆："
    "您的投訴", "Abwesenheitsnotiz: x", "Automatische Antwort: x",
    "Réponse automatique : x", "Respuesta automática: x", "自動応答: x", "부재중 자동 회신: x", "Автоответ: x",
    "Risposta automatica: x",
    "Resposta automática: x",
]  # fmt: skip


@pytest.mark.parametrize("subject", AWAY)
@pytest.mark.parametrize("is_encoded", [True, False])
def test_who_is_away_is_no_answer(subject, is_encoded):
    message = EmailMessage()
    message["Subject"] = subject
    data = message.as_bytes() if is_encoded else f"Subject: {subject}\n\nx".encode()
    assert read_head(data).automatic
    assert not read_head(f"Subject: Re: {subject}\n\nx".encode()).automatic, "who answers such a letter is a person"


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: auto-replied", "Auto-Submitted: auto-generated; x=y", "X-Autoreply: yes", "X-Autorespond: holiday",
        "Precedence: auto_reply", "X-Failed-Recipients: a@b.c", "Content-Type: multipart/report; report-type=delivery-status",
        "From: MAILER-DAEMON@qq.com",
    ],
)  # fmt: skip
def test_machines_that_say_so(line):
    assert read_head(f"{line}\n\nx".encode()).automatic


@pytest.mark.parametrize(
    "line",
    [
        "Auto-Submitted: no", "Auto-Submitted: no; x=y", "X-Autoreply: no", "From: Mei <mei@example.com>", "Subject: 自动扣款的问题",
        "Subject: Automatic payment",
    ],
)  # fmt: skip
def test_people_are_no_machines(line):
    head = read_head(f"{line}\n\nx".encode())
    assert not head.automatic and not head.doubtful


@pytest.mark.parametrize(
    "line",
    [
        "From: postmaster@shop.example",
        "From: bouncer@shop.example",
        "From: noreplyplease@x.example",
        "Return-Path: <>",
        "List-Id: <family>",
        "Precedence: list",
    ],
)
def test_what_may_be_a_person_waits_for_one(line):
    head = read_head(f"{line}\n\nx".encode())
    assert head.doubtful and not head.automatic
