"""A letter's own words and files, out of its MIME tree: limits first. Pure; runs in the examiner's process.

Whose letter it is, its headers said before (inbound_mail.heads): nothing here is read for a stranger. No word of it is left out: what
is no word of the person's is folded. What cannot be taken is named.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.utils import getaddresses

from evidence.files import FileRefused
from evidence.sandbox import letter_charsets
from evidence.sandbox.letter_charsets import decode_html, decode_whole
from evidence.sandbox.letter_files import NOTHING_ON_IT, Attachment, decoded_words, file_name, unpack_tnef, without_pictures
from evidence.sandbox.letter_html import html_lines
from evidence.sandbox.letter_text import ANSWER, REFERENCE, TOKEN, Line, Setting, TextParts, bare_subject, base_of, plain_lines, split_lines

MOST_PARTS, DEEPEST = 200, 20
LARGEST_HTML, LARGEST_TEXT = 200_000, 400_000  # characters of HTML without its pictures; characters that are looked through
MOST_FILES = 100
PART = re.compile(rb"^content-type[ \t]*:", re.IGNORECASE | re.MULTILINE)
NAMED = re.compile(r";\s*(?:file)?name(?:\*\d*\*?)?\s*=", re.IGNORECASE)
TREE = re.compile(rb"^content-type[ \t]*:[ \t\r\n]*(?:multipart/|message/)", re.IGNORECASE | re.MULTILINE)
# Parts that mail programs add by themselves, and those that only we cannot open.
SIGNED_WITH = frozenset(
    {"application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature", "application/pgp-keys"}
)
ENCRYPTED = frozenset({"application/pgp-encrypted", "application/pkcs7-mime", "application/x-pkcs7-mime"})
CARDS = frozenset({"text/vcard", "text/x-vcard", "text/directory"})
OTHER_WORDS = frozenset({"text/x-amp-html", "text/watch-html", "message/delivery-status", "text/rfc822-headers"})
# Pages where Chinese mail services keep files that are too large for a letter.
LARGE_FILE = re.compile(
    r"https?://[^\s<>\"]{0,200}(?:ftnExs_download|exs_ftn_download|/ftn/|wx\.mail\.qq\.com/ftn|mail\.163\.com/large-attachment|dashi\.163\.com"
    r"|fs\.163\.com|bigfile|dl\.mail\.|cloudattach|netdisk|pan\.baidu\.com)",
    re.IGNORECASE,
)
ADDRESS_OF_PAGE = re.compile(r"https?://\S+", re.IGNORECASE)
# So much of what HTML says stands in the plain text too: then that is taken, which is set better.
COVERED = 0.9


@dataclass(frozen=True)
class LetterContent:
    """`missed`: what could not be taken, by codes of MISSED, with its name where it has one."""

    text: str = ""
    folded: str = ""
    attachments: tuple[Attachment, ...] = field(default=())
    missed: tuple[tuple[str, str], ...] = field(default=())


MISSED = frozenset({"calendar", "winmail", "encrypted", "large_file", "damaged"})


def _refuse_heavy(raw: bytes) -> None:
    if len(PART.findall(raw)) > MOST_PARTS or len(TREE.findall(raw)) > DEEPEST:
        raise FileRefused("too_heavy")


def read_letter(raw: bytes, ours: Sequence[str] = ()) -> LetterContent:
    """`ours`: the addresses we write from.

    Raises FileRefused: too_heavy for a tree too deep or too wide and for HTML too long, unreadable for what cannot be parsed.
    """
    _refuse_heavy(raw)
    try:
        message = message_from_bytes(raw)
        tree = _Tree()
        return tree.content(split_lines(_cut(tree.lines_of(message)), setting_of(message, ours)))
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FileRefused("unreadable") from error


def read_report(raw: bytes) -> str:
    """All that a mail server reports, the heads of the letter it gives back among it. Raises FileRefused as `read_letter`."""
    _refuse_heavy(raw)
    said: list[str] = []
    try:
        for part in message_from_bytes(raw).walk():
            said += [*(f"{name}: {value}" for name, value in part.raw_items()), decode_whole(_payload(part), _charset(part))[0]]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        raise FileRefused("unreadable") from error
    return "\n".join(said)[:LARGEST_TEXT].encode("utf-8", "replace").decode("utf-8")


def setting_of(message: Message, ours: Sequence[str]) -> Setting:
    fields = [str(value) for name in ("to", "cc", "delivered-to", "x-original-to") for value in message.get_all(name, [])]
    mine = {base_of(address) for _name, address in getaddresses(fields) if REFERENCE.search(address)}
    subject = header_text(message, "subject")
    answers = bool(ANSWER.match(subject) or message.get("in-reply-to"))
    author = next((address.lower() for _name, address in getaddresses([str(message.get("from", ""))])), "")
    return Setting(frozenset(mine | {base_of(each) for each in ours if each}), author, answers, bare_subject(subject))


def header_text(message: Message, name: str) -> str:
    """As people read it. Never raises."""
    return decoded_words(next((str(value) for each, value in message.raw_items() if each.lower() == name), "")[:2_000])


def _cut(lines: list[Line]) -> list[Line]:
    if sum(len(line.text) for line in lines) > LARGEST_TEXT:
        raise FileRefused("too_heavy")
    return lines


def _words(lines: Sequence[Line]) -> Counter[str]:
    return Counter(TOKEN.findall(ADDRESS_OF_PAGE.sub(" ", "\n".join(line.text for line in lines))))


@dataclass
class _Tree:
    """What a walk through the parts finds besides the lines."""

    files: list[Attachment] = field(default_factory=list)
    missed: dict[tuple[str, str], None] = field(default_factory=dict)
    folded: list[Line] = field(default_factory=list)
    enclosed: list[Line] = field(default_factory=list)
    seen: int = 0

    def content(self, parts: TextParts) -> LetterContent:
        """An enclosed letter is evidence: it is kept whole, behind the words that came with it."""
        own = _join([parts.own, *_texts(self.enclosed)])
        folded = _join([parts.folded, *_texts(self.folded)])
        if LARGE_FILE.search(own):
            self.missed["large_file", ""] = None
        files = tuple(each for each in self.files if len(each.data) > 0)
        text = own if own or parts.folded else folded
        return LetterContent(text, folded if text is not folded else "", files[:MOST_FILES], tuple(self.missed))

    def lines_of(self, part: Message) -> list[Line]:
        self.seen += 1
        if self.seen > MOST_PARTS:
            raise FileRefused("too_heavy")
        media_type = part.get_content_type()
        if media_type == "message/rfc822":
            return self._read_enclosed(part)
        if part.is_multipart():
            children = [self.lines_of(child) for child in part.get_payload() if isinstance(child, Message)]
            return self._best(children) if media_type == "multipart/alternative" else _one_below_another(children)
        return self._leaf(part, media_type)

    def _best(self, children: list[list[Line]]) -> list[Line]:
        """The plain text where it says as much as the HTML; what only the other says is folded."""
        told = [lines for lines in children if any(line.text.strip() for line in lines)]
        if len(told) < 2:
            return told[0] if told else []
        plain, rich = told[0], told[-1]
        there, wanted = _words(plain), _words(rich)
        is_covered = sum((wanted & there).values()) >= COVERED * sum(wanted.values())
        hides_file = any(LARGE_FILE.search(line.text) for line in rich) and not any(LARGE_FILE.search(line.text) for line in plain)
        chosen = plain if is_covered and not hides_file else rich
        for other in told:
            self.folded += [] if other is chosen else _only_there(other, chosen)
        return chosen

    def _read_enclosed(self, part: Message) -> list[Line]:
        for letter in part.get_payload() if part.is_multipart() else ():
            if isinstance(letter, Message):
                head = [Line(f"{name.title()}: {said}") for name in ("from", "date", "subject") if (said := header_text(letter, name))]
                self.enclosed += [Line(""), *head, Line(""), *self.lines_of(letter)]
        return []

    def _leaf(self, part: Message, media_type: str) -> list[Line]:
        if media_type in SIGNED_WITH:
            return []
        if media_type in ENCRYPTED:
            self.missed["encrypted", ""] = None
            return []
        if media_type == "text/calendar":
            self.missed["calendar", file_name(part, 0) if _is_file(part) else ""] = None
        if media_type in CARDS or media_type == "text/calendar" or media_type in OTHER_WORDS:
            self.folded += plain_lines(self._text(part)) if media_type != "text/x-amp-html" else html_lines(self._text(part))
            return []
        if media_type == "text/html" and not _is_file(part):
            return self._html(part)
        if part.get_content_maintype() == "text" and media_type != "text/csv" and not _is_file(part):
            text = self._text(part)
            return plain_lines(_join_flowed(text, part) if media_type == "text/plain" else text)
        self._file(part, media_type)
        return []

    def _html(self, part: Message) -> list[Line]:
        html, whole = decode_html(_payload(part), _charset(part))
        if not whole:
            self.missed["damaged", ""] = None
        html, pictures = without_pictures(html)
        self.files += pictures
        if len(html) > LARGEST_HTML:
            raise FileRefused("too_heavy")
        return html_lines(html)

    def _text(self, part: Message) -> str:
        text, whole = decode_whole(_payload(part), _charset(part))
        if not whole:
            self.missed["damaged", ""] = None
        return text

    def _file(self, part: Message, media_type: str) -> None:
        data, name = _payload(part), file_name(part, len(self.files) + 1)
        if media_type in ("application/ms-tnef", "application/vnd.ms-tnef") or name.lower() == "winmail.dat":
            inside = unpack_tnef(data)
            self.files += inside
            if not inside:
                self.missed["winmail", name] = None
        elif media_type.startswith("image/") and len(data) < NOTHING_ON_IT and "content-id" in part:
            return  # a counter of who reads, or a spacer
        else:
            self.files.append(Attachment(name, data))


def _join(texts: Sequence[str]) -> str:
    return "\n\n".join(filter(None, texts))


def _texts(lines: Sequence[Line]) -> list[str]:
    return [re.sub(r"\n{3,}", "\n\n", "\n".join(line.text for line in lines)).strip()]


def _one_below_another(children: list[list[Line]]) -> list[Line]:
    found: list[Line] = []
    for lines in children:
        found += [Line(""), *lines] if found and lines else lines
    return found


def _only_there(lines: Sequence[Line], chosen: Sequence[Line]) -> list[Line]:
    said = _words(chosen)
    return [line for line in lines if _words([line]) - said]


def _join_flowed(text: str, part: Message) -> str:
    """Lines that a program broke by itself, put together again (RFC 3676). A signature's own line stays."""
    if _parameter(part, "format") != "flowed":
        return text
    is_cut = _parameter(part, "delsp") == "yes"
    found: list[str] = []
    is_open, depth = False, 0
    for line in text.replace("\r\n", "\n").split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        said = line[quotes:].removeprefix(" ")
        if is_open and quotes == depth and said != "-- ":
            found[-1] += said
        else:
            found.append(">" * quotes + (" " if quotes else "") + said)
        is_open, depth = said.endswith(" ") and said != "-- ", quotes
        if is_open and is_cut:
            found[-1] = found[-1][:-1]
    return "\n".join(found)


def _is_file(part: Message) -> bool:
    if part.get_content_disposition() == "attachment":
        return True
    return any(NAMED.search(str(part.get(head, ""))) for head in ("content-disposition", "content-type"))


def _parameter(part: Message, name: str) -> str:
    try:
        return str(part.get_param(name, "")).strip().lower()
    except (ValueError, LookupError, TypeError):
        return ""


def _charset(part: Message) -> str:
    try:
        return part.get_content_charset() or ""
    except (ValueError, LookupError, TypeError):
        return ""


def _payload(part: Message) -> bytes:
    try:
        found = part.get_payload(decode=True)
    except (ValueError, LookupError, TypeError, AttributeError):
        found = None
    return found if isinstance(found, bytes) else b""


# ---- Through the pipe of the examiner: a head in JSON and the files one after the other
def pack(content: LetterContent) -> tuple[bytes, bytes]:
    files = content.attachments[:MOST_FILES]
    head = {
        "text": content.text,
        "folded": content.folded,
        "missed": [list(each) for each in content.missed],
        "files": [{"name": each.name[:500], "size": len(each.data)} for each in files],
    }
    return json.dumps(head).encode(), b"".join(each.data for each in files)


def unpack(head: bytes, data: bytes) -> LetterContent:
    """Raises ValueError where it makes no sense."""
    try:
        told = json.loads(head)
        named = [(str(each["name"]), int(each["size"])) for each in told["files"]]
        text, folded = str(told["text"]), str(told["folded"])
        missed = tuple((str(code), str(name)) for code, name in told["missed"])
    except (KeyError, TypeError, RecursionError) as error:
        raise ValueError("no letter") from error
    if sum(size for _name, size in named) != len(data) or any(size < 0 for _name, size in named):
        raise ValueError("no letter")
    found, at = [], 0
    for name, size in named:
        found.append(Attachment(name, data[at : at + size]))
        at += size
    return LetterContent(text, folded, tuple(found), tuple(each for each in missed if each[0] in MISSED))


def warm_up() -> None:
    """Load what is loaded at first use: sets of characters, the readers of a tree and of HTML."""
    letter_charsets.warm_up()
    letter = (
        b"Content-Type: multipart/mixed; boundary=x\n\n--x\nContent-Type: text/html; charset=gbk\nContent-Transfer-Encoding: base64\n\n"
        b"PHA+eCZuYnNwOzwvcD4=\n--x\nContent-Type: image/png\nContent-Disposition: attachment; filename*=utf-8''%41;"
        b' name="=?gb18030?B?vdjNvC5wbmc=?="\nContent-Transfer-Encoding: quoted-printable\n\n=41\n--x--\n'
    )
    read_letter(letter)
