"""Search: exact numbers first, then words, in Chinese and in any other script, on both databases."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tickets.cases import search
from tickets.models import Ticket
from tickets.operations import file_ticket, perform, post_message
from tickets.tests.making import ORDER, STATEMENT, filing

pytestmark = pytest.mark.sqlite


@pytest.fixture
def ticket(mei) -> Ticket:
    return file_ticket(mei, filing())


def put(owner, text: str) -> Ticket:
    """A ticket found by this text and nothing else."""
    made = file_ticket(owner, filing(order_numbers=[]))
    search.index(made.pk, text)
    return made


def found(q: str) -> set[str]:
    return set(search.search(Ticket.objects.all(), q).values_list("ref", flat=True))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("重复扣款", ["重复", "复扣", "扣款", "款"]),
        ("卡", ["卡"]),
        ("用iPhone15支付", ["用", "iphone15", "支付", "付"]),
        ("ＴＳ－２０２６", ["ts", "2026"]),
        ("Müller, STRASSE straße", ["müller", "strasse"]),
        ("cm20260212000871|x_y", ["cm20260212000871", "x", "y"]),
        ("、。！？… --", []),
        ("カード決済", ["カー", "ード", "ド決", "決済", "済"]),
        ("привет мир", ["привет", "мир"]),
        ("你好 你好", ["你好", "好"]),
    ],
)
def test_texts_become_words(text: str, expected: list[str]) -> None:
    assert search.tokens(text) == expected


@pytest.mark.parametrize("q", ["{ref}", "  {ref} ", "ts{tail}", "ＴＳ{tail}", "TS–{rest}"])
def test_a_reference_is_found_however_it_is_typed(ticket, q: str) -> None:
    tail = ticket.ref[2:]
    assert found(q.format(ref=ticket.ref, tail=tail, rest=tail[1:])) == {ticket.ref}


def test_a_reference_of_no_ticket_finds_nothing(ticket) -> None:
    assert found("TS-20260310-999999") == set()


@pytest.mark.parametrize("q", [ORDER["number"], "2026 0310 0001 234", "２０２６０３１００００１２３４"])
def test_an_order_number_is_found_with_spaces_and_full_width_digits(ticket, q: str) -> None:
    assert search.normalise_number(q) == ORDER["number"]
    assert found(q) == {ticket.ref}


def test_numbers_do_not_need_the_word_index(ticket) -> None:
    for q in (ticket.ref, ORDER["number"]):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            assert found(q) == {ticket.ref}
        assert not any("searchdoc" in query["sql"] for query in queries)


def test_a_letter_order_number_is_found_in_either_case(mei) -> None:
    order = {"issuer": "other", "number": "cm20260212000871"}
    made = file_ticket(mei, filing(order_numbers=[order]))
    assert found("CM20260212000871") == {made.ref}


@pytest.mark.parametrize("q", ["充值", "月付充值", "月付 短信", "用", "月", "MEI@example.com", "mei", "exam", "盗用，充值！"])
def test_a_filed_ticket_is_found_by_its_words(ticket, q: str) -> None:
    assert q in ("MEI@example.com", "mei", "exam") or q[0] in STATEMENT["symptom"]
    assert found(q) == {ticket.ref}


@pytest.mark.parametrize("q", ["退款", "值充", "充值 退款", "ex", "ample", "，。", "!!"])
def test_what_is_not_there_is_not_found(ticket, q: str) -> None:
    assert found(q) == set()


@pytest.mark.parametrize("q", ["", "   ", "\u3000"])
def test_a_blank_query_asks_for_nothing(ticket, q: str) -> None:
    assert found(q) == {ticket.ref}


def test_every_single_hanzi_of_a_run_is_found(mei) -> None:
    made = put(mei, "重复扣款")
    for hanzi in "重复扣款":
        assert found(hanzi) == {made.ref}, hanzi


def test_all_words_must_match(mei) -> None:
    both, one = put(mei, "微信 重复扣款"), put(mei, "微信 提现")
    assert found("微信") == {both.ref, one.ref}
    assert found("微信 扣款") == {both.ref}


def test_mixed_scripts_are_found_by_each_part(mei) -> None:
    made = put(mei, "用iPhone15在Ｄｏｕｙｉｎ支付１２８０元")
    for q in ("iphone", "IPHONE15", "douyin", "1280", "支付", "iPhone15在douyin"):
        assert found(q) == {made.ref}, q


def test_append_adds_and_index_replaces(mei) -> None:
    made = put(mei, "第一句")
    search.append(made.pk, "第二段")
    assert found("第一") == found("第二") == {made.ref}
    search.append(made.pk, "")
    assert found("第一") == {made.ref}
    search.index(made.pk, "第三章")
    assert found("第一") == found("第二") == set()
    assert found("第三") == {made.ref}


def test_words_can_be_added_to_a_ticket_that_had_none(mei) -> None:
    made = file_ticket(mei, filing(order_numbers=[]))
    search.forget([made.pk])
    assert found("充值") == set()
    search.append(made.pk, "后来的话")
    assert found("后来") == {made.ref}


@pytest.mark.parametrize("text", ["' | ! & ( ) : * \\ \"", "NEAR(a b) AND OR NOT", "%s %d \x00 {}", "words:MATCH ^a -b +c"])
def test_operators_of_the_databases_are_only_words(mei, text: str) -> None:
    made = put(mei, f"{text} 甲乙")
    assert found("甲乙") == {made.ref}
    assert found(text) <= {made.ref}
    assert found("a' OR 1=1") == set()


def test_search_stays_inside_the_queryset(ticket, wang) -> None:
    assert search.search(Ticket.objects.visible_to(wang), "充值").count() == 0
    assert search.search(Ticket.objects.visible_to(wang), ticket.ref).count() == 0
    assert search.search(Ticket.objects.visible_to(wang), ORDER["number"]).count() == 0


def test_indexing_is_one_statement_and_so_is_a_search(ticket) -> None:
    for act in (lambda: search.index(ticket.pk, "甲乙"), lambda: search.append(ticket.pk, "丙丁"), lambda: found("甲乙")):
        with CaptureQueriesContext(connection) as queries:
            act()
        assert len(queries) == 1


def test_a_very_long_text_and_a_very_long_query_are_taken(mei) -> None:
    made = put(mei, "很长的话" * 5000 + " x" * 5000 + " " + "z" * 5000)
    assert found("很长的话" * 500) == {made.ref}
    assert found("z" * 5000) == {made.ref}


def test_nobody_finds_their_complaint_by_a_note_about_it(ticket, lin) -> None:
    post_message(lin, ticket.ref, {"body": "vermutlich selbstbetrug", "visibility": "internal"})
    post_message(lin, ticket.ref, {"body": "wir melden uns"})
    search.reindex(ticket)
    assert (found("selbstbetrug"), found("melden")) == (set(), {ticket.ref})


def test_what_is_joined_into_another_is_found_there(ticket, mei, lin) -> None:
    other = file_ticket(mei, filing())
    post_message(mei, other.ref, {"body": "krokodil"})
    perform(lin, ticket.ref, "merge", {"into": other.ref})
    assert ticket.ref in found("krokodil")
