"""What a person wrote and what their mail program added, told apart line by line. Nothing is thrown away: each line is own or folded.

Pure; runs in the examiner's process. The lines come out of plain text here, or out of HTML (evidence.sandbox.letter_html).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

# With fewer letters left than this, what was folded was probably what they wanted to say.
LITTLE = 4
# The most that a signature takes, and the widest a line of an introduction is.
SIGNATURE_LINES, SIGNATURE_LENGTH, WIDEST = 12, 500, 300
# Lines that belong to the head of one quoted letter, at most.
HEAD_LINES = 14

ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w.-]{1,100}\.\w{2,20}")
REFERENCE = re.compile(r"TS-\d{8}-\d{6,9}", re.IGNORECASE)
ANSWER = re.compile(r"^\s*(?:re|aw|antw|sv|r|回复|回覆|答复|答覆|回信|返信|회신)\s*(?:\[\d+\])?\s*[:：]\s*", re.IGNORECASE)
WORD = re.compile(r"\w")
# A word: of Chinese each character.
TOKEN = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+")

SPACE = r"[ \t\u3000]*"
SENT_BY = rf"(?:From|发{SPACE}件{SPACE}人|發{SPACE}件{SPACE}人|寄{SPACE}件{SPACE}[者人]|Von|De|差出人)"
OTHER_FIELD = (
    rf"(?:Sent|Date|To|Cc|Subject|Reply-To|发送时间|发送日期|傳送日期|寄件日期|發送時間|日{SPACE}期|时{SPACE}间|時{SPACE}間|收{SPACE}件{SPACE}[人者]"
    rf"|抄{SPACE}送|副{SPACE}本|主{SPACE}[题題旨]|Gesendet|Datum|An|Betreff|Envoyé|À|Objet|送信日時|宛先|件名)"
)
LABEL_ENDS = rf"{SPACE}\**{SPACE}(?:[:：]|\|)"
BEFORE_LABEL = r"^[ \t\u3000*|]*"
SENDER_LINE = re.compile(rf"{BEFORE_LABEL}{SENT_BY}{LABEL_ENDS}", re.IGNORECASE)
FIELD_LINE = re.compile(rf"{BEFORE_LABEL}(?:{SENT_BY}|{OTHER_FIELD}){LABEL_ENDS}", re.IGNORECASE)
SUBJECT_LINE = re.compile(rf"{BEFORE_LABEL}(?:Subject|主{SPACE}[题題旨]|Betreff|Objet|件名){LABEL_ENDS}{SPACE}(.*?)[ |*]*$", re.IGNORECASE)
RULE = re.compile(r"^[ \t]*(?:[-_=—－]{4,}|\*{6,})[ \t]*$")
DASHES = r"[-_=—－]{2,}"
ANSWERED = re.compile(
    rf"^\s*{DASHES}\s*(?:Original Message|Original|原始邮件|原邮件|原信|邮件原文|原始郵件|原始訊息|回复的原邮件|回复的邮件|Replied Message"
    rf"|Ursprüngliche Nachricht|Message d'origine)\s*{DASHES}\s*$",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    rf"^\s*(?:{DASHES}\s*(?:Forwarded (?:Message|mail|by[^\n]{{0,80}})|转发的?(?:邮件|信息|邮件信息)|轉寄的?郵件|已轉寄郵件|被转发邮件信息)"
    rf"\s*{DASHES}"
    r"|(?:Begin forwarded message|开始转发的(?:信息|邮件)|開始轉寄訊息|轉寄的郵件)\s*[:：])\s*$",
    re.IGNORECASE,
)
# A program always writes the hour.
HOUR = re.compile(r"\d{1,2}\s?(?:[:：点點時时]\s?\d{2}|[Uu]hr)")
INTRODUCED = (
    re.compile(r"^(?:On|At)\b.*\bwrote$", re.IGNORECASE | re.DOTALL),
    re.compile(r"^Am\b.* schrieb\b.*$", re.IGNORECASE | re.DOTALL),
    re.compile(r"^(?:Le|El|Em|Il)\b.*(?:a écrit|escribió|escreveu|ha scritto)$", re.IGNORECASE | re.DOTALL),
    re.compile(r"^.*[写寫][道到]?$", re.DOTALL),
)
DEVICE = (
    r"(?:i ?phone|i ?pad|i ?pod|mac|android|安卓|手机|手機|华为|華為|huawei|荣耀|honor|小米|xiaomi|redmi|红米|oppo|vivo|一加|oneplus|realme"
    r"|魅族|meizu|三星|samsung|galaxy|mate|nova|pixel|moto|nokia|sony|xperia|lenovo|联想|zte|中兴|努比亚|平板|outlook|windows|邮件|郵件"
    r"|邮箱|信箱|qq|foxmail|网易|163|139|189|yahoo|gmail|hotmail|mail|blackberry)"
)
SIGNED_BY_DEVICE = re.compile(
    rf"^[ \t]*(?!.*(?:银行|支付|账户|帐户|零钱|转账|扣|付款|元))(?:(?:发自|發自|寄自|传送自|傳送自).{{0,12}}{DEVICE}.{{0,40}}"
    rf"|[来來]自我的.{{0,4}}{DEVICE}.{{0,15}}|[从從自].{{0,12}}{DEVICE}.{{0,20}}(?:发送|傳送|寄出)"
    rf"|Sent (?:from|via|by) .{{0,20}}{DEVICE}.{{0,60}}|(?:Get|Download) .{{0,20}}{DEVICE} for.{{0,100}}"
    rf"|(?:获取|取得|下载|下載).{{0,20}}{DEVICE}.{{0,100}}"
    rf"|Von meine[mr] .{{0,30}} gesendet|Envoyé de(?:puis)? mon .{{0,40}}|Enviado desde mi .{{0,40}}|.{{0,20}}{DEVICE}から送信)[ \t]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Setting:
    """What is known of a letter besides its text: our addresses, its author's, and whether it answers (its subject without "Re:")."""

    ours: frozenset[str] = frozenset()
    author: str = ""
    answers: bool = True
    subject: str = ""


class Line(NamedTuple):
    """`mark` is what HTML says of it: quote, indent, sign, from (a quoted letter begins here), or nothing."""

    text: str
    mark: str = ""


@dataclass(frozen=True)
class TextParts:
    """Every line of a letter is in one of the two."""

    own: str = ""
    folded: str = ""


def plain_lines(text: str) -> list[Line]:
    clean = (
        text.replace("\r\n", "\n")
        .replace("\r", "\n")
        .replace("&nbsp;", " ")
        .replace("\xa0", " ")
        .replace("\u200b", "")
        .replace("\ufeff", "")
    )
    return [Line(line.rstrip()) for line in clean.split("\n")]


def split_text(text: str, setting: Setting = Setting()) -> TextParts:
    return split_lines(plain_lines(text), setting)


def split_lines(lines: Sequence[Line], setting: Setting) -> TextParts:
    """Own words and what was folded. Where little would be left, all of it is own."""
    folding = _Folding(lines, setting)
    folding.fold_quotations()
    folding.fold_signature()
    folding.fold_rules()
    own = "\n".join(line.text for line, folded in zip(lines, folding.folded, strict=True) if not folded)
    rest = "\n".join(line.text for line, folded in zip(lines, folding.folded, strict=True) if folded)
    left = len(WORD.findall(own))
    if left < LITTLE and (left or not folding.is_all_ours()):
        return TextParts(_tidy("\n".join(line.text for line in lines)))
    return TextParts(_tidy(own), _tidy(rest))


def _tidy(text: str) -> str:
    return re.sub(r"\n{3,}", "\n\n", text).strip()


def _is_quoted(line: Line) -> bool:
    return line.mark in ("quote", "indent") or line.text.lstrip().startswith((">", "＞"))


def _without_marks(text: str) -> str:
    return text.lstrip(" \t>＞")


@dataclass
class _Folding:
    lines: Sequence[Line]
    setting: Setting
    folded: list[bool] = field(init=False)
    others_from: int = field(init=False)  # where somebody else's letter begins, which is kept as it is

    def __post_init__(self) -> None:
        self.folded, self.others_from = [False] * len(self.lines), len(self.lines)

    def fold_quotations(self) -> None:
        at = 0
        while at < len(self.lines):
            at = self._step(at)

    def _step(self, at: int) -> int:
        """Settle what begins here, and say where to go on. What is kept of somebody else's letter is kept to its end."""
        if _is_quoted(self.lines[at]):
            return self._settle_run(at, at)
        if after := self._introduction_ends(at):
            return self._settle_introduction(at, after)
        head = self._letter_head(at)
        if head is None:
            return at + 1
        whose = self._whose(head.text)
        if whose == "ours" or (whose == "" and (head.answered or self._is_same_subject(head.text)) and self.setting.answers):
            self._fold(at, len(self.lines))
        elif whose != "foreign" and not head.answered:
            return head.ends
        else:
            self.others_from = at
        return len(self.lines)

    def _settle_introduction(self, at: int, after: int) -> int:
        run = next((n for n in range(after, len(self.lines)) if self.lines[n].text.strip()), len(self.lines))
        if run < len(self.lines) and _is_quoted(self.lines[run]):
            return self._settle_run(at, run)
        whose = self._whose(" ".join(line.text for line in self.lines[at:after]))
        if whose == "ours":
            self._fold(at, len(self.lines))
        elif whose:
            self.others_from = at
        return len(self.lines) if whose else after

    def _settle_run(self, at: int, run: int) -> int:
        """Quoted lines, from `run` on, with what introduces them from `at` on: folded unless they are somebody else's letter."""
        end = run
        while end < len(self.lines) and (_is_quoted(self.lines[end]) or self._blank_before_quoted(end)):
            end += 1
        beginning = [_without_marks(line.text) for line in self.lines[at : min(end, run + HEAD_LINES)]]
        is_named = at < run or self.lines[run].mark == "quote"
        whose = self._whose("\n".join(beginning[: self._named_lines(beginning)]))
        if whose == "ours" or (whose == "" and (is_named or self.setting.answers)):
            self._fold(at, end)
        return end

    def _blank_before_quoted(self, at: int) -> bool:
        following = at + 1 < len(self.lines) and _is_quoted(self.lines[at + 1])
        return following and not self.lines[at].text.strip()

    def _named_lines(self, beginning: Sequence[str]) -> int:
        """As far as lines go that say whose letter it is; what it says itself may name anybody."""
        last = 0
        for number, text in enumerate(beginning):
            is_introduced = _is_introduction(text) or _is_introduction(" ".join(beginning[number : number + 2]))
            if is_introduced or FIELD_LINE.match(text) or FORWARDED.match(text) or ANSWERED.match(text):
                last = min(number + 2, len(beginning))
        return last

    def _introduction_ends(self, at: int) -> int:
        """The line after "On … wrote:", which programs break into up to three; 0 where none begins."""
        said = ""
        for number in range(at, min(at + 3, len(self.lines))):
            text = self.lines[number].text
            if not text.strip() or len(text) > WIDEST or _is_quoted(self.lines[number]):
                return 0
            said = f"{said} {text}".strip()
            if _is_introduction(said):
                return 0 if any(_is_introduction(self._text_between(n, number)) for n in range(at + 1, number + 1)) else number + 1
        return 0

    def _text_between(self, first: int, last: int) -> str:
        return " ".join(line.text for line in self.lines[first : last + 1])

    def _letter_head(self, at: int) -> _Head | None:
        """Who sent it, when and to whom, as programs put it above a letter they quote; perhaps below a rule that says so."""
        text = self.lines[at].text
        answered, forwarded = self.lines[at].mark == "from" or bool(ANSWERED.match(text)), bool(FORWARDED.match(text))
        begins = at + 1 if answered or forwarded or RULE.match(text) else at
        found = list(self._field_lines(begins))
        named = [number for number in found if FIELD_LINE.match(self.lines[number].text)]
        if not answered and not forwarded and (len(named) < 2 or not any(SENDER_LINE.match(self.lines[number].text) for number in named)):
            return None
        ends = (found[-1] if found else at) + 1
        return _Head("\n".join(self.lines[number].text for number in [at, *found]), answered, ends)

    def _field_lines(self, at: int) -> Iterator[int]:
        """Fields, what is left of one on the next line, and empty lines between them."""
        loose = 0
        for number in range(at, min(at + HEAD_LINES, len(self.lines))):
            text = self.lines[number].text
            if FIELD_LINE.match(text):
                loose = 0
            elif text.strip(" |-:"):
                loose += 1
                if loose > 1 or number == at or not (ADDRESS.search(text) or HOUR.search(text)):
                    return
            yield number

    def is_all_ours(self) -> bool:
        """Each line marked as quoted by itself, where nobody can have written between: nothing was answered."""
        said = [line for line in self.lines if line.text.strip() and not SIGNED_BY_DEVICE.match(line.text)]
        plain = [number for number, line in enumerate(said) if not line.text.lstrip().startswith(">")]
        return bool(said) and not any(line.mark for line in said) and _is_introduction(" ".join(said[number].text for number in plain))

    def _whose(self, said: str) -> str:
        """ours, foreign or "" for what names nobody (or only the author)."""
        named = {found.lower() for found in ADDRESS.findall(said)} - {self.setting.author}
        if REFERENCE.search(said) or any(base_of(each) in self.setting.ours for each in named):
            return "ours"
        return "foreign" if named else ""

    def _is_same_subject(self, said: str) -> bool:
        found = (SUBJECT_LINE.match(line) for line in said.split("\n"))
        return any(bare_subject(each[1]) == self.setting.subject for each in found if each) and bool(self.setting.subject)

    def _fold(self, begins: int, ends: int) -> None:
        self.folded[begins:ends] = [True] * (ends - begins)

    def fold_signature(self) -> None:
        """At the very end of the own words, and short."""
        before = range(self.others_from)
        own = self._without_device([number for number in before if not self.folded[number] and self.lines[number].text.strip()])
        tail = own[-SIGNATURE_LINES:]
        begins = next((place for place in range(len(tail) - 1, -1, -1) if self._begins_signature(tail, place)), None)
        if begins is not None and sum(len(self.lines[number].text) for number in tail[begins:]) <= SIGNATURE_LENGTH:
            for number in tail[begins:]:
                self.folded[number] = True
            self._without_device(tail[:begins])

    def _without_device(self, own: list[int]) -> list[int]:
        while own and SIGNED_BY_DEVICE.match(self.lines[own[-1]].text):
            self.folded[own[-1]] = True
            own = own[:-1]
        return own

    def _begins_signature(self, tail: Sequence[int], place: int) -> bool:
        number = tail[place]
        text = self.lines[number].text.strip()
        if text == "--":
            return number > 0 and not self.lines[number - 1].text.strip()
        rest_is_marked = all(self.lines[each].mark == "sign" for each in tail[place:])
        return rest_is_marked and (place == 0 or self.lines[tail[place - 1]].mark != "sign")

    def fold_rules(self) -> None:
        """A rule between the own words and what was folded belongs to that."""
        for number in range(self.others_from - 1, -1, -1):
            if not self.folded[number] and RULE.match(self.lines[number].text):
                following = next((n for n in range(number + 1, len(self.lines)) if self.lines[n].text.strip()), None)
                self.folded[number] = following is None or self.folded[following]


class _Head(NamedTuple):
    """`answered`: a rule says that what follows is the letter that is answered."""

    text: str
    answered: bool
    ends: int


def _is_introduction(said: str) -> bool:
    """A program's "… wrote:", which always has the hour and ends in a colon."""
    said = said.strip()
    if len(said) > 2 * WIDEST or not said.endswith((":", "：")) or not HOUR.search(said):
        return False
    return any(form.match(said[:-1].rstrip()) for form in INTRODUCED)


def base_of(address: str) -> str:
    """Without what stands behind a plus: that is the complaint's."""
    name, _at, host = address.lower().partition("@")
    return f"{name.partition('+')[0]}@{host}"


def bare_subject(subject: str) -> str:
    """Without the marks of an answer."""
    said = " ".join(subject.split())
    while (found := ANSWER.match(said)) is not None:
        said = said[found.end() :]
    return said.strip().lower()
