"""What a process remembers is emptied in one go."""

from lib import memo


def test_an_answer_is_remembered_until_all_is_forgotten():
    asked = []

    @memo.lru(maxsize=2)
    def twice(number: int) -> int:
        asked.append(number)
        return 2 * number

    assert [twice(1), twice(1), twice(2)] == [2, 2, 4]
    assert asked == [1, 2]
    memo.forget_all()
    assert twice(1) == 2
    assert asked == [1, 2, 1]


def test_tables_are_emptied_too():
    table: dict[str, int] = memo.table()
    table["open"] = 3
    memo.forget_all()
    assert table == {}
