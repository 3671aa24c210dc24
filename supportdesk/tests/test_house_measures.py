"""What scripts/house.py counts, on sources written for it."""

import ast

import pytest

from scripts.house import (
    BOUNDS,
    Bound,
    File,
    House,
    action_keys,
    any_per_file,
    definitions,
    files_per_key,
    functions,
    imports_per_file,
    is_participle,
    length,
    middle,
    modules_on_no_floor,
    nine_in_ten,
    participles,
    report,
    untyped_users,
)


def file(source: str, name: str = "tickets/some.py") -> File:
    return File(name, source, ast.parse(source))


@pytest.mark.parametrize("name", ["_said", "kept", "__drawn", "shown", "found", "taken", "_sealed", "unverified"])
def test_a_single_past_participle_is_counted(name: str) -> None:
    assert is_participle(name)


@pytest.mark.parametrize("name", ["is_settled", "set_phone_verified", "feed", "_read", "put", "closed", "send", "seed", "what_changed"])
def test_a_verb_or_a_name_of_several_words_is_no_bare_participle(name: str) -> None:
    assert not is_participle(name)


def test_participles_are_listed_with_their_place() -> None:
    source = "def _told():\n    pass\n\nclass Told:\n    def kept(self):\n        pass\n"
    assert participles([file(source)]) == ["tickets/some.py:1 _told", "tickets/some.py:5 kept"]


def test_a_function_is_as_long_as_from_def_to_its_last_line() -> None:
    tree = file("@decorated\ndef tell():\n    one = 1\n\n    return one\n")
    assert [length(function) for _, function in functions([tree])] == [4]


def test_a_name_defined_twice_is_one_word_to_learn() -> None:
    assert definitions(file("def a():\n    pass\nclass B:\n    def a(self):\n        pass\n")) == {"a", "B"}


def test_own_modules_are_counted_once_each_and_foreign_ones_not_at_all() -> None:
    files = [
        file("from tickets import words\nfrom tickets.models import Ticket, Event\nimport sla.policies\nimport json\n", "desk/page.py"),
        file("x = 1\n", "tickets/words/__init__.py"),
        file("x = 1\n", "tickets/models/__init__.py"),
    ]
    assert imports_per_file(files)["desk/page.py"] == 3


def test_any_is_counted_where_it_is_used_and_not_where_it_is_imported() -> None:
    source = "import typing\nfrom typing import Any\nJson = dict[str, Any]\ndef a(b: Any) -> typing.Any:\n    pass\n"
    assert any_per_file([file(source)]) == {"tickets/some.py": 3}


def test_a_user_taken_from_the_request_untyped_is_found() -> None:
    source = "def view(request):\n    user: Any = request.user\n    other: User = request.user\n"
    assert untyped_users([file(source)]) == ["tickets/some.py:2"]


@pytest.mark.parametrize("name", ["tickets/workflow.py", "tickets/workflow/actions.py", "tickets/workflow/__init__.py"])
def test_actions_are_the_rows_of_the_workflow(name: str) -> None:
    rows = file('ROWS = (Action("file", 1), Action(key="escalate"), Other("x"))', name)
    assert action_keys([rows, file('Action("elsewhere")')]) == ["file", "escalate"]


def test_a_key_is_looked_for_as_a_string_of_its_own_and_not_among_the_words() -> None:
    files = [
        file('DONE = {"escalate": 1}', "tickets/a.py"),
        file('x = "to escalate"; escalate = 1', "tickets/b.py"),
        file('TEXT = {"escalate": 1}', "tickets/words/actions.py"),
        file('TEXT = {"escalate": 1}', "portal/words.py"),
    ]
    assert files_per_key(files, ["escalate", "file"]) == {"escalate": ["tickets/a.py"], "file": []}


def test_a_timer_named_by_its_enumeration_counts_as_its_key() -> None:
    files = [file("start(case, TimerKey.CONFIRM)", "tickets/a.py"), file("Other.CONFIRM", "tickets/b.py")]
    assert files_per_key(files, ["confirm"]) == {"confirm": ["tickets/a.py"]}


def test_a_module_that_no_contract_of_its_room_names_is_on_no_floor() -> None:
    contract = {"containers": ["tickets"], "layers": ["(case) : (guards)", "models"], "exhaustive_ignores": ["apps"]}
    names = ("tickets/case.py", "tickets/models/ticket.py", "tickets/apps.py", "tickets/bills/rows.py", "desk/page.py", "desk/__init__.py")
    assert modules_on_no_floor([file("", name) for name in names], [contract]) == ["desk.page", "tickets.bills"]


def test_medians_and_nine_in_ten_are_values_that_occur() -> None:
    assert middle([4, 1, 3, 2]) == 3
    assert nine_in_ten(range(1, 11)) == 10
    assert middle([]) == nine_in_ten([]) == 0


def test_a_value_beyond_its_bound_is_broken() -> None:
    lines, broken = report({"any": 301}, {"any": Bound(300)})
    assert "beyond 300" in lines[0]
    assert broken == ["any: 301, and no more than 300 is allowed (`--list` names the places)"]


def test_a_bound_not_reached_yet_holds_at_its_ceiling_and_says_so() -> None:
    bounds = {"any": Bound(300, 1218)}
    assert report({"any": 1219}, bounds)[1]
    lines, broken = report({"any": 1218}, bounds)
    assert broken == []
    assert "not yet: 1218 → 300" in lines[0]
    assert "lower the ceiling to 900" in report({"any": 900}, bounds)[0][0]
    assert "reached" in report({"any": 300}, bounds)[0][0]


def test_every_measure_has_a_bound() -> None:
    house = House([file("def a():\n    pass\n")], ["review"], [])
    assert house.measures().keys() == BOUNDS.keys()
