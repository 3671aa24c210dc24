"""Bills of both providers, both sides and four years: what each says of its money, and that no money is made or lost in reading."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest

from tickets.bills.joining import transactions
from tickets.bills.reading import Tally, charges
from tickets.tests.bill_corpus import Case, cases

CORPUS = list(cases())


def read(text: str, encoding: str = "utf-8"):
    tally = Tally()
    found = transactions(charges(lambda: iter([text.encode(encoding)]), lambda row: None, tally))
    return found, tally


def test_the_corpus_is_as_large_as_it_says() -> None:
    assert len(CORPUS) >= 80
    assert [name for name, count in Counter(case.name for case in CORPUS).items() if count > 1] == []


@pytest.mark.parametrize("case", CORPUS, ids=lambda case: case.name)
def test_a_bill_says_what_became_of_its_money(case: Case) -> None:
    found, tally = read(case.text)
    told = [(each.number, None if each.paid is None else f"{each.paid:.2f}", f"{each.refunded:.2f}", each.state) for each in found]
    assert told == sorted(case.right, key=lambda each: each[0])
    assert dict(+tally.unread) == case.unread


def test_no_money_is_made_or_lost() -> None:
    paid = refunded = kept = Decimal(0)
    for case in CORPUS:
        for each in read(case.text)[0]:
            assert each.refunded >= 0
            assert each.amount_held >= 0
            if each.paid is None or each.state not in ("paid", "refunded", "partly_refunded"):
                continue
            assert each.refunded <= each.paid
            assert each.paid - each.refunded == each.amount_held
            paid, refunded, kept = paid + each.paid, refunded + each.refunded, kept + each.amount_held
    assert paid - refunded == kept > 0


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_any_usual_encoding_says_the_same(encoding: str) -> None:
    for case in CORPUS:
        if any(mark in case.text for mark in "\u200b\ufeff¥") and encoding == "gbk":
            continue
        assert read(case.text, encoding)[0] == read(case.text)[0], case.name


def test_the_order_of_lines_says_nothing() -> None:
    for case in CORPUS:
        lines = case.text.splitlines()
        head = next(place for place, line in enumerate(lines) if "单号" in line or "交易号" in line or "流水号" in line)
        rows = [line for line in lines[head + 1 :] if line.count(",") >= 9 and "金额" not in line]
        if len(rows) < 2:
            continue
        turned = "\n".join([*lines[: head + 1], *reversed(rows)])
        assert read(turned)[0] == read(case.text)[0], case.name
