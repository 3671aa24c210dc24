"""A bill as charges, one at a time, and a count of what was not understood. Memory does not grow with it."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from tickets.bills.files import HEADING, LOST, NO_TEXT, PREAMBLE, NotABill, lines_of, rows_of, tables_of
from tickets.bills.layouts import NUMBERS, Layout, heading, looks_like_headings, recognise_layout
from tickets.bills.statuses import (
    CLOSED,
    FAILED,
    OF_PAYMENTS,
    OF_REFUND,
    PAID,
    PENDING,
    REFUNDED,
    REFUNDING,
    UNDER_WAY,
    UNKNOWN,
    UNREFUNDED,
    WORDS,
    refund_state,
    status_of,
)

# Why a line was not understood, or not wholly. The words for each stand in tickets.words.
UNREAD = ("unread_file", "short_line", "no_number", "no_amount", "shortened_number", "unknown_status")
MOST_WORDS, WORD = 20, 40  # statuses nobody knows, kept to be shown
MOST = Decimal(10) ** 10
NOUGHT = Decimal(0)
# What a spreadsheet makes of a long number that it took for a sum: fifteen digits are left.
DIGITS_LEFT = 15
IN_POWERS = re.compile(r"\d(?:\.\d+)?E\+?\d{2}", re.IGNORECASE)
NONE_GIVEN = frozenset({"", "/", "-", "0", "无", "&nbsp;"})
# Alipay's number of a refund: the payment's, and the refund's own behind a mark.
OF_A_REFUND = re.compile(r"(\d{16,40})[_*](.+)")
SUMMARY = re.compile(
    r"#|[-=*]{4}|共\d+笔|[已待](?:收入|支出):|总交易单数|导出时间|起始时间|终止时间|用户:|(?:特别)?提示|说明:|注:|.*(?:合计|总计|小计)$"
)
INVISIBLE = frozenset({"Cc", "Cf"})
# What a status that says nothing of refunds means on a line whose kind, or number, is a refund's.
OF_A_REFUNDS_LINE = {PAID: REFUNDED, PENDING: REFUNDING, FAILED: UNREFUNDED, UNKNOWN: REFUNDING}
CURRENCIES = {"人民币": "CNY", "RMB": "CNY", "元": "CNY"}


@dataclass(frozen=True, slots=True)
class Charge:
    """One line. `numbers`: the channel's own first, without empty ones; of a refund's line also its payment's.

    `is_refund`: the line is a movement of its own, and `refunded` what it moved; else `refunded` is all that came back of this payment.
    `refund_number` tells two refunds of one payment apart. `payment`: the number of the payment that a refund names.
    `has_left`: where it is pending, the money is under way.
    """

    numbers: tuple[str, ...]
    amount: Decimal
    state: str
    refunded: Decimal
    at: str
    merchant: str = ""
    is_refund: bool = False
    refund_number: str = ""
    payment: str = ""
    currency: str = "CNY"
    has_left: bool = True


@dataclass(slots=True)
class Tally:
    """What became of the lines. `lines`: of all tables, without summaries. `unread`: by UNREAD. `statuses`: words nobody knows."""

    layouts: list[str] = field(default_factory=list)
    lines: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)

    @property
    def layout(self) -> str:
        return "+".join(self.layouts)

    def add_status(self, said: str) -> None:
        self.unread["unknown_status"] += 1
        if said in self.statuses or len(self.statuses) < MOST_WORDS:
            self.statuses[said[:WORD]] += 1


Mapper = Callable[[Sequence[str]], Layout | None]


def charges(chunks: Callable[[], Iterator[bytes]], mapped: Mapper, tally: Tally | None = None) -> Iterator[Charge]:
    """`chunks()` begins anew at each call. `mapped` knows the layouts that people made. Raises NotABill where no table is one."""
    counts = Tally() if tally is None else tally
    refused = NotABill()
    for lines in tables_of(lines_of(chunks)):
        rows = rows_of(lines, lambda row: recognise_layout(row) is not None)
        try:
            layout = _layout(rows, mapped)
        except NotABill as unknown:
            refused = unknown if unknown.headings or not refused.headings else refused
            counts.unread["unread_file"] += bool(unknown.headings) or unknown.code != "no_headings"  # no words about the bill
            continue
        if layout.name not in counts.layouts:
            counts.layouts.append(layout.name)
        yield from _charges(rows, layout, counts)
    if not counts.layouts:
        raise refused


def _layout(rows: Iterator[list[str]], mapped: Mapper) -> Layout:
    candidate, legible = list[str](), True
    for _number, row in zip(range(PREAMBLE), rows, strict=False):
        if row and row[0].startswith(LOST):
            raise NotABill(code="damaged")
        layout = mapped(row) or recognise_layout(row)
        if layout is not None:
            return layout
        legible = legible and not any(map(NO_TEXT.search, row))
        if not candidate and looks_like_headings(row):
            candidate = [cell[:HEADING] for cell in row]
    raise NotABill(candidate if legible else ())


def _charges(rows: Iterator[list[str]], layout: Layout, tally: Tally) -> Iterator[Charge]:
    for row in rows:
        if _is_summary(row):
            if row and heading(row[0]).startswith("总交易单数"):
                return  # what follows are sums
            continue
        number = _cell(row, layout.numbers[0])
        if not number.isascii() and heading(number) in NUMBERS:
            layout = recognise_layout(row) or layout  # two files in one
            continue
        tally.lines += 1
        if len(row) <= max(layout.numbers[0], layout.amount):
            tally.unread["short_line"] += 1
            continue
        charge = _charge(row, layout, tally)
        if charge is not None:
            yield charge


def _is_summary(row: Sequence[str]) -> bool:
    """Empty, a rule, or a sentence about the lines: "共 12 笔记录", "已收入:3笔"."""
    first = next((text for cell in row if (text := cell.strip("\ufeff`\t \"'"))), None)
    if first is not None and first[0].isdigit():
        return False  # as nearly every line begins
    return first is None or SUMMARY.match(heading(first)) is not None


def _charge(row: Sequence[str], layout: Layout, tally: Tally) -> Charge | None:
    """None for lines that are no charge: fees, money that came in, and what was counted as not understood."""
    amount = _amount(row, layout)
    if amount is None:
        tally.unread["no_amount"] += 1
        return None
    if layout.outgo is not None and not _concerns_payment(row, layout, amount):
        return None
    own, merchant = (_numbers(row, places, tally) for places in (layout.numbers[: layout.merchants], layout.numbers[layout.merchants :]))
    stem = OF_A_REFUND.fullmatch(own[0]) if own and layout.source == "alipay" else None
    line = _became(row, layout, amount, bool(stem))
    if _cell(row, layout.direction) == "收入" and not line.is_refund:
        return None
    if not own and not merchant:
        if not _is_shortened(row, layout):
            tally.unread["no_number"] += 1
        return None
    if not line.is_known:
        tally.add_status(line.said)
    payment = stem[1] if stem else own[0] if own and line.is_refund and layout.of_merchant else ""
    numbers = tuple(dict.fromkeys([*own, *([stem[1]] if stem else []), *merchant]))
    refund_number = _number(_cell(row, layout.refund_number)) if line.is_refund else ""
    return Charge(
        numbers, abs(amount), line.state, line.refunded, _cell(row, layout.time), merchant[0] if merchant else "",
        line.is_refund, refund_number, payment, _currency(row, layout), line.state != PENDING or bool(UNDER_WAY.search(line.said)),
    )  # fmt: skip


def _numbers(row: Sequence[str], places: Sequence[int], tally: Tally) -> list[str]:
    """Those that are whole; one that a spreadsheet shortened is counted."""
    found = [text for place in places if (text := _number(_cell(row, place)))]
    whole = [text for text in found if not is_shortened(text)]
    tally.unread["shortened_number"] += len(found) - len(whole)
    return whole


def _is_shortened(row: Sequence[str], layout: Layout) -> bool:
    return any(is_shortened(_number(_cell(row, place))) for place in layout.numbers)


def is_shortened(number: str) -> bool:
    """Written in powers of ten, or noughts from the sixteenth digit on: a spreadsheet rounded it."""
    rounded = len(number) >= 18 and number.isdigit() and not number[DIGITS_LEFT:].strip("0") and bool(number[:DIGITS_LEFT].strip("0"))
    return rounded or IN_POWERS.fullmatch(number) is not None


def _concerns_payment(row: Sequence[str], layout: Layout, amount: Decimal) -> bool:
    """Of a merchant's account: what a customer paid, and what was paid back. Not fees, payouts and what else moves there."""
    kind = _cell(row, layout.kind)
    return "退款" in kind if amount < 0 else kind in OF_PAYMENTS


@dataclass(frozen=True, slots=True)
class _Became:
    said: str
    state: str
    refunded: Decimal
    is_refund: bool
    is_known: bool


def _became(row: Sequence[str], layout: Layout, amount: Decimal, has_stem: bool) -> _Became:
    """What became of the line's money, by its status, its kind, its direction and the sums beside it."""
    said, kind = _cell(row, layout.status).upper(), _cell(row, layout.kind)
    told = _cell(row, layout.refund_status).upper()
    given = abs(money(_cell(row, layout.refund)) or _refund_in(said) or NOUGHT)
    state = status_of(said, layout.words, given)
    is_known = state != UNKNOWN
    of_refund = has_stem or (("退款" in kind or "退票" in kind) and layout.words is WORDS)
    if state == REFUNDED:
        state = refund_state(said, told, layout.words)
    elif of_refund:
        state = OF_A_REFUNDS_LINE.get(state, state)
    if state == FAILED and _was_closed(row, layout, said):
        state = REFUNDED  # closed after it was paid: all of it has gone back
    elif amount < 0 and not said:
        state = UNKNOWN  # paid out or paid back: the bill does not say
    is_refund = state in OF_REFUND and (of_refund or _moves_by_itself(row, layout, amount, said))
    own_sum = abs(amount) if is_refund and amount and not layout.of_merchant else NOUGHT
    refunded = (own_sum or given or abs(amount)) if state == REFUNDED else given if state == PAID and not told else NOUGHT
    return _Became(said, state, refunded, is_refund, is_known)


def _was_closed(row: Sequence[str], layout: Layout, said: str) -> bool:
    closed = layout.means is not None and any(word in said for word in CLOSED)
    return closed and _cell(row, layout.means) not in NONE_GIVEN


def _moves_by_itself(row: Sequence[str], layout: Layout, amount: Decimal, said: str) -> bool:
    """A refund on a line of its own, beside its payment's."""
    direction = _cell(row, layout.direction)
    if direction == "收入" or amount <= 0:
        return True
    if layout.of_merchant:
        return said.startswith(("REFUND", "退"))
    return layout.source == "alipay" and direction != "支出" and "退" in said


def _currency(row: Sequence[str], layout: Layout) -> str:
    said = _cell(row, layout.currency).upper()
    known = CURRENCIES.get(said, said)
    return known if re.fullmatch("[A-Z]{3}", known) else "CNY"


def _cell(row: Sequence[str], place: int | None) -> str:
    if place is None or place >= len(row):
        return ""
    text = row[place]
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return plain.strip("\ufeff\u200b`'\"\t\r\n ")


def _number(text: str) -> str:
    """Exports put a tab or a back-tick beside long numbers, so that a spreadsheet does not round them. Invisible marks go, as they do
    from the number of a complaint (tickets.workflow.identifiers)."""
    plain = text if text.isalnum() else "".join(char for char in text if not char.isspace() and unicodedata.category(char) not in INVISIBLE)
    return plain if 6 <= len(plain) <= 64 else ""


def _amount(row: Sequence[str], layout: Layout) -> Decimal | None:
    """Below nought: it left the merchant."""
    amount = money(_cell(row, layout.amount))
    if layout.outgo is not None and not amount:
        went = money(_cell(row, layout.outgo))
        return amount if went is None else -abs(went)
    return amount


def money(text: str) -> Decimal | None:
    """Yuan, without sign of currency, separators and remarks in brackets; None when it is no sum."""
    ascii_text = text if text.isascii() else unicodedata.normalize("NFKC", text)
    plain = ascii_text.partition("(")[0].replace(",", "").replace(" ", "")
    plain = plain.removeprefix("CNY").removeprefix("RMB").strip("¥￥元+")
    sign, digits = ("-", plain[1:].lstrip("¥￥")) if plain.startswith("-") else ("", plain)
    try:
        found = Decimal(sign + digits)
    except InvalidOperation:
        return None
    return found.quantize(Decimal("0.01")) if found.is_finite() and found.copy_abs() < MOST else None


def _refund_in(said: str) -> Decimal | None:
    """WeChat writes 已退款(￥12.00), or without brackets or sign, for a part."""
    found = re.search(r"退[款还回][^0-9]{0,3}([0-9][0-9,.]*)", said)
    return money(found[1]) if found else None
