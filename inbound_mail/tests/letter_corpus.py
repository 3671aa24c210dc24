"""Letters as people, programs, servers and machines send them, each with what is kept, what is folded and what its sender is told."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import NamedTuple

from evidence.tests import making
from inbound_mail.tests.clients import ELSEWHERE, KEPT, PLAIN
from inbound_mail.tests.letters import letter
from inbound_mail.tests.test_folding import HTML, OWN, QUOTED, SIGNATURE
from inbound_mail.tests.test_letter_corpus import AWAY, INVITATION, SAID, SENTENCE, tnef

ME = "mei@example.com"


class Row(NamedTuple):
    """`text`: what stands on the complaint, whole; None where another program's form of it may stand there, which then has `has`.

    `folded`: words that are folded, `told`: how often its sender is told of something not taken, `files`: how many are on the complaint.
    What stands nowhere is kept as it came, for a person.
    """

    name: str
    build: Callable[[str], bytes]
    outcome: str = "taken"
    text: str | None = ""
    has: tuple[str, ...] = ()
    folded: tuple[str, ...] = ()
    told: int = 0
    files: int = 0
    words: str = ""  # all that its person's program wrote: none of it is lost


def corpus() -> Iterator[Row]:
    for part in (_programs, _kept, _pages, _sets, _files, _shapes, _senders, _machines, _refused):
        yield from part()


def plainly(body: bytes, charset: str = "utf-8", encoding: str = "8bit", kind: str = "plain", **head: str) -> Callable[[str], bytes]:
    named = f"; charset={charset}" if charset else ""
    fields = {"From": ME, "Subject": "Re: x", "Content-Type": f"text/{kind}{named}", "Content-Transfer-Encoding": encoding}
    fields |= {name.replace("_", "-"): value for name, value in head.items()}
    lines = "".join(f"{name}: {value}\n" for name, value in fields.items())
    return lambda to: f"{lines}To: {to}\n\n".encode() + body


def written(body: str = OWN, **more: str) -> Callable[[str], bytes]:
    return lambda to: letter(to, body, **more).as_bytes()


def changed(change: Callable[[EmailMessage], object], body: str = OWN, **more: str) -> Callable[[str], bytes]:
    def build(to: str) -> bytes:
        message = letter(to, body, **more)
        change(message)
        return message.as_bytes()

    return build


def filled(form: str, own: str = OWN) -> str:
    return form.replace("%OWN%", own).replace("%QUOTED%", QUOTED).replace("%SIGNATURE%", SIGNATURE)


def _programs() -> Iterator[Row]:
    for name, form in PLAIN.items():
        folded = tuple(words for mark, words in (("%QUOTED%", QUOTED), ("%SIGNATURE%", SIGNATURE)) if mark in form)
        text = f"{OWN}\n\nMei" if name == "foxmail" else OWN
        yield Row(f"answers with {name}", written(filled(form)), text=text, folded=folded, words=filled(form))
        said = SAID["big5"]
        yield Row(
            f"answers in big5 with {name}",
            plainly(base64.encodebytes(filled(form, said).replace("\ufeff", "").encode("gb18030")), "gb18030", "base64"),
            text=f"{said}\n\nMei" if name == "foxmail" else said, folded=folded,
        )  # fmt: skip
    for name, form in ELSEWHERE.items():
        yield Row(f"answers {name}", written(filled(form)), text=None, has=tuple(OWN.split("\n")), words=filled(form))


def _kept() -> Iterator[Row]:
    for name, said in KEPT.items():
        if name != "greater than":
            yield Row(f"only looks quoted: {name}", written(said), text="\n".join(line.rstrip() for line in said.strip().split("\n")))


def _pages() -> Iterator[Row]:
    own = "".join(f"<div>{line}</div>" for line in OWN.split("\n"))
    for name, page in HTML.items():
        yield Row(
            f"page of {name}", written(html=filled(page, own)), text=None, has=tuple(OWN.split("\n")),
            folded=(QUOTED,) if "%QUOTED%" in page else (),
        )  # fmt: skip
    big5 = '<head><meta http-equiv="Content-Type" content="text/html; charset=big5"></head><p>請退款給我，謝謝</p>'.encode("big5")
    yield Row("page that names its own set", plainly(big5, "", kind="html"), text="請退款給我，謝謝")
    yield Row("page in a box of qq alone", written(html='<div class="qmbox">请把钱退给我</div>'), text="请把钱退给我")


def _sets() -> Iterator[Row]:
    for named in (
        "", "utf-8", "us-ascii", "iso-8859-1", "windows-1252", "unknown-8bit", "x-unknown", "base64", "hex", "undefined", "idna",
        "punycode",
        "rot13", "zlib", "utf-16", "unicode_escape", "raw_unicode_escape", "mbcs", "klingon", "gb2312", "gbk", "default",
    ):  # fmt: skip
        yield Row(f"gbk said to be {named or 'nothing'}", plainly(SENTENCE.encode("gbk"), named), text=SENTENCE)
    for named in ("gb2312", "gbk", "us-ascii", "iso-8859-1", "utf-16", "unknown"):
        yield Row(f"utf-8 said to be {named}", plainly(SENTENCE.encode(), named), text=SENTENCE)
    for said, charset, named in (
        ("スクリーンショットを送りました", "iso-2022-jp", ""), ("안녕하세요 환불해 주세요", "iso2022_kr", ""),
        ("안녕하세요 환불해 주세요", "cp949", "ks_c_5601-1987"), ("请把钱退给我", "utf-7", "utf-7"), ("请把钱退给我", "utf-16", "utf-16"),
        ("请把钱退给我", "hz", "hz-gb-2312"), ("①髙橋です。返金してください", "cp932", "shift_jis"),
        ("l’été à Paris", "cp1252", "iso-8859-1"),
        ("la somme créée", "cp1252", "windows-1252"), ("Верните деньги", "koi8-r", "koi8-r"), ("Верните деньги", "cp1251", "windows-1251"),
        ("請把錢退給我", "big5", "big5"), ("朱镕基先生㐀", "gb18030", "gb18030"),
    ):  # fmt: skip
        body = base64.encodebytes(said.encode(charset))
        yield Row(f"{charset} said to be {named or 'nothing'}", plainly(body, named, "base64"), text=said)
    yield Row("no set fits", plainly(b"abc \xff\xff\x81 def and more"), "refused", None, has=("abc", "def"), told=1)
    flowed = plainly(b"The money did \nnot come \nback.\n\n-- \nMei\n", "utf-8; format=flowed")
    yield Row("format=flowed", flowed, text="The money did not come back.", folded=("Mei",))


def _files() -> Iterator[Row]:
    def with_file(kind: str, name: str | None, data: bytes, disposition: str = "attachment") -> Callable[[str], bytes]:
        def attach(message: EmailMessage) -> None:
            message.make_mixed()
            part = EmailMessage()
            part["Content-Type"] = kind + (f'; name="{name}"' if name else "")
            if name:
                part["Content-Disposition"] = disposition
            part["Content-Transfer-Encoding"] = "base64"
            part.set_payload(base64.encodebytes(data).decode())
            message.attach(part)

        return changed(attach)

    pictures = [making.png((n, 9, 9)) for n in range(20)]
    for number, name in enumerate(
        ("截图.png", "=?gb18030?B?vdjNvC5wbmc=?=", "=?x-unknown?B?5oiq5Zu+?=.png", "=?base64?B?YQ==?=.png", "..\\a.png")
    ):
        yield Row(f"picture named {name}", with_file("image/png", name, pictures[number]), text=OWN, files=1)
    yield Row("picture without a name", with_file("image/png", None, pictures[6]), text=OWN, files=1)
    yield Row("picture shown inside the text", with_file("image/png", "1.png", pictures[7], "inline"), text=OWN, files=1)
    yield Row("picture said to be bytes", with_file("application/octet-stream", None, pictures[8]), text=OWN, files=1)
    yield Row("paper without a name", with_file("application/pdf", None, making.pdf()), text=OWN, files=1)
    yield Row("document of an office", with_file("application/msword", "a.docx", b"PK\x03\x04word"), "refused", OWN, told=1)
    yield Row("program", with_file("application/x-msdownload", "a.exe", b"MZ\x90\x00" * 90), "refused", OWN, told=1)
    wrapped = tnef(("截图.png", pictures[9]))
    yield Row("winmail.dat", with_file("application/ms-tnef", "winmail.dat", wrapped), text=OWN, files=1)
    yield Row("broken winmail.dat", with_file("application/ms-tnef", "winmail.dat", b"\x78\x9f\x3e\x22 no"), "refused", OWN, told=1)
    data = f'<p>截图如下</p><img src="data:image/png;base64,{base64.b64encode(pictures[10]).decode()}">'
    yield Row("picture written into the page", written(html=data), text="截图如下", files=1)
    yield Row("picture without a word", with_file_alone(pictures[11]), text=None, has=("通过邮件发来的文件",), files=1)
    many = changed(lambda message: [message.add_attachment(each, "image", "png", filename="x.png") for each in pictures[:16]])
    yield Row("sixteen pictures", many, "refused", OWN, told=1, files=15)
    for address in (
        "https://mail.qq.com/cgi-bin/ftnExs_download?k=1&t=exs",
        "https://mail.163.com/large-attachment-download/index.html?p=x",
    ):
        page = f'<p>录像见附件</p><div>超大附件</div><a href="{address}">点击下载</a>'
        yield Row(f"large file at {address[8:20]}", written(html=page), "refused", None, has=("录像见附件", address), told=1)


def with_file_alone(data: bytes) -> Callable[[str], bytes]:
    return changed(lambda message: message.add_attachment(data, "image", "png", filename="1.png"), "\n")


def _shapes() -> Iterator[Row]:
    def enclose(message: EmailMessage) -> None:
        bank = EmailMessage()
        bank["From"], bank["Subject"] = "bank@bank.example", "消费提醒"
        bank.set_content("您消费了 300.00 元")
        bank.add_attachment(making.png((1, 2, 3)), "image", "png", filename="账单.png")
        message.add_attachment(bank)

    said = "银行的通知在附件里"
    yield Row("encloses the bank's letter", changed(enclose, said), text=None, has=(said, "消费提醒", "300.00"), files=1)
    invited = changed(lambda message: message.add_attachment(INVITATION, subtype="calendar", filename="invite.ics"))
    yield Row("invitation", invited, "refused", OWN, folded=("Meeting",), told=1)
    signed = changed(lambda message: message.add_attachment(b"sig", "application", "pgp-signature", filename="signature.asc"))
    yield Row("signed", signed, text=OWN)
    pgp = b"--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n"
    yield Row("encrypted by PGP", plainly(pgp, Content_Type="multipart/encrypted; boundary=b"), "refused", None, told=1)
    yield Row("encrypted by S/MIME", plainly(b"x", Content_Type="application/pkcs7-mime; name=smime.p7m"), "refused", None, told=1)
    both = changed(lambda message: message.add_alternative("<p>钱没有到账，请核实一下吧</p>", subtype="html"), "This e-mail is HTML only.")
    yield Row("says only in HTML what it says", both, text="钱没有到账，请核实一下吧", folded=("HTML", "only"))
    nested = EmailMessage()
    nested.set_content(OWN)
    for _depth in range(12):
        outer = EmailMessage()
        outer.make_mixed()
        outer.attach(nested)
        nested = outer
    head = f"From: {ME}\nSubject: Re: x\n"
    yield Row("nested twelve deep", lambda to: f"{head}To: {to}\n".encode() + nested.as_bytes(), text=OWN)
    deep = b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(400))
    yield Row("nested four hundred deep", lambda to: f"{head}To: {to}\n".encode() + deep + b"\nx", "held", None, told=1)
    yield Row("empty", written("\n"), "empty", None, told=1)
    yield Row(
        "nothing but a quotation",
        written(f"On Tue, 10 Mar 2026 at 20:52, Desk <desk@example.com> wrote:\n> {QUOTED}\n"),
        "empty",
        None,
        told=1,
    )
    yield Row("one word", written("好"), text="好")
    yield Row("hostile fields", lambda to: b"X-A: \xff\x00\nSubject: =?x?B?\xff?=\n" + letter(to).as_bytes(), text=OWN)


def _senders() -> Iterator[Row]:
    for name in ("Wang, Mei <{}>", "Mei [Shop] <{}>", "Mei @ Shop <{}>", "Mei; Shop <{}>", "王梅 <{}>", "<<{}>>"):
        build = plainly(SENTENCE.encode(), From=name.format(ME))
        yield Row(f"named {name}", build, text=SENTENCE)
    for author in (f"{ME}, wang@example.com", f'"Mei <{ME}>" <wang@example.com>', f"Mei {ME} <wang@example.com>", "wang@example.com", ""):
        yield Row(f"from {author or 'nobody'}", plainly(SENTENCE.encode(), From=author), "held", None)
    for line, value in (
        ("Auto-Submitted", "no"), ("Auto-Submitted", "no; x=y"), ("X-Autoreply", "no"), ("Subject", "自动扣款的问题"),
        ("Subject", "Automatic payment"), ("Subject", "Re: Out of office"), ("Delivered-To", ME),
    ):  # fmt: skip
        yield Row(f"a person with {line}: {value}", plainly(SENTENCE.encode(), **{line: value}), text=SENTENCE)
    for line, value in (("Return-Path", "<>"), ("List-Id", "<family>"), ("Precedence", "list"), ("Precedence", "bulk")):
        yield Row(f"redirected with {line}: {value}", plainly(SENTENCE.encode(), **{line: value}), "held", None)
    for name in ("postmaster", "bouncer", "noreplyplease"):
        yield Row(f"from {name}", plainly(SENTENCE.encode(), From=f"{name}@shop.example"), "held", None)


def _machines() -> Iterator[Row]:
    for subject in AWAY:
        yield Row(f"away: {subject}", plainly(b"I am away", Subject=subject), "automatic", None)
    for line, value in (
        ("Auto-Submitted", "auto-replied"), ("Auto-Submitted", "auto-generated; x=y"), ("X-Autoreply", "yes"), ("X-Autorespond", "holiday"),
        ("Precedence", "auto_reply"), ("X-Failed-Recipients", "a@b.c"), ("From", "MAILER-DAEMON@qq.com"),
        ("Content-Type", "multipart/report; report-type=delivery-status; boundary=x"),
    ):  # fmt: skip
        yield Row(f"machine with {line}: {value}", plainly(b"not delivered", **{line: value}), "automatic", None)


def _refused() -> Iterator[Row]:
    yield Row("a code", written("我的验证码 884213 请查"), "refused", None, told=1)
    yield Row("a text without end", written("很长。" * 20_000), "refused", None, told=1)
    yield Row("to an address of nobody", lambda to: letter("desk@example.com").as_bytes(), "stranger", None)
    yield Row("to an address that was made up", lambda to: letter(to.replace("-0", "-1", 1)).as_bytes(), "stranger", None)
