"""What a form asks for an action follows from the table of actions alone."""

import pytest

from tickets.workflow import ACTIONS
from tickets.workflow.inputs import Input
from tickets.workflow.questions import questions, widget_of


@pytest.mark.parametrize("action", ACTIONS)
def test_every_input_is_asked_for_with_a_label_in_the_order_of_the_table(action):
    asked = questions(action)
    assert [each.name for each in asked] == [each.name for each in ACTIONS[action].inputs]
    assert all(str(each.label) for each in asked)


def test_who_has_to_say_yes_or_no_gets_both_to_choose_from():
    assert widget_of(Input("sure", "bool", required=True)) == "yesno"
    assert widget_of(Input("sure", "bool")) == "check"


def test_room_to_write_follows_from_the_limit():
    assert widget_of(Input("story")) == "area"
    assert widget_of(Input("note", limit=100)) == "text"
    assert widget_of(Input("place", choices=("a", "b"))) == "select"
