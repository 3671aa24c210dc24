"""`make mutations`: guards of the law are taken out, one at a time, and the test of each has to fail without it.

`python -m scripts.mutations [word …]` takes only the rows whose sentence has one of the words. On SQLite; some minutes. Exit code 1 where a
test passes though its guard is gone. The guards of money have their own (`tickets/tests/test_two_people.py`).
"""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from importlib import import_module
from typing import NamedTuple

ENVIRONMENT = "MUTATION"


class Mutation(NamedTuple):
    """`place` names a module and what of it is taken out; `instead` names what stands there then, of INSTEAD."""

    sentence: str
    place: str
    instead: str
    test: str


def nothing(*_args: object, **_more: object) -> None:
    """A guard that blocks nobody."""


def no(*_args: object, **_more: object) -> bool:
    return False


def yes(*_args: object, **_more: object) -> bool:
    return True


INSTEAD: dict[str, object] = {
    "nothing": nothing, "no": no, "yes": yes, "at once": timedelta(0), "a century": timedelta(days=36500), "empty": frozenset(),
}  # fmt: skip
BOXED = "tickets.cases.guards:GUARDS"
GUARDED, WEBHOOKS = "supportdesk/tests/test_guarded.py", "api/tests/test_guarded_webhooks.py"
CALENDAR, FREEZES = "tickets/tests/test_guarded_calendar.py", "tickets/tests/test_decisions_and_freezes.py"
PERSONAL = "evidence/tests/test_personal_data.py"
MUTATIONS = (
    # ---- Guarded administration
    Mutation("a role takes two admins", "accounts.guarded_admin:is_guarded", "no", f"{GUARDED}::test_a_role_is_given_by_two"),
    Mutation(
        "both with a fresh factor",
        "accounts.guarded:check_factor",
        "nothing",
        f"{GUARDED}::test_both_show_a_fresh_second_factor_in_a_browser",
    ),
    Mutation(
        "a lone admin waits a day",
        "accounts.guarded:ALONE_WAITS",
        "at once",
        f"{GUARDED}::test_a_lone_admin_waits_a_day_and_all_staff_are_told",
    ),
    Mutation("a date has a bound", "accounts.guarded:FARTHEST", "a century", f"{GUARDED}::test_a_date_has_a_bound"),
    Mutation("the last admin cannot leave", "accounts.admin:check_last_admin", "nothing", f"{GUARDED}::test_the_last_admin_cannot_leave"),
    Mutation(
        "an admin holds no staff role",
        "accounts.admin:check_separation",
        "nothing",
        f"{GUARDED}::test_an_admin_holds_no_staff_role_by_the_form",
    ),
    Mutation("those concerned are told", "accounts.guarded:tell_of_proposal", "nothing", f"{GUARDED}::test_a_role_is_given_by_two"),
    Mutation(
        "a place to turn to takes two",
        "accounts.guarded_admin:is_guarded",
        "no",
        "tickets/tests/test_guarded_rules.py::test_a_contact_is_changed_by_two_and_verified_by_two",
    ),
    Mutation(
        "a receiver of webhooks takes two",
        "api.views.webhooks:is_guarded",
        "no",
        f"{WEBHOOKS}::test_where_of_what_and_that_it_is_on_are_changed_by_two",
    ),
    Mutation(
        "its secret takes two",
        "api.views.webhooks:is_guarded",
        "no",
        f"{WEBHOOKS}::test_a_secret_is_changed_by_two_and_one_that_was_refused_never_signs",
    ),
    Mutation("an import takes two", "tickets.admin.guarded_calendar:is_guarded", "no", f"{CALENDAR}::test_an_import_is_written_by_two"),
    Mutation(
        "by command, too",
        "tickets.admin.guarded_calendar:is_guarded",
        "no",
        f"{CALENDAR}::test_the_command_proposes_for_an_admin_who_is_named_and_told",
    ),
    # ---- Reads, identity, turns
    Mutation(
        "unusual amounts are told",
        "accounts.read_alarms:_tell",
        "nothing",
        "supportdesk/tests/test_reads.py::test_unusually_much_is_told_to_the_officers_once_an_hour",
    ),
    Mutation(
        "forms of nobody are bounded",
        "portal.unsent:may_wait_here",
        "yes",
        "portal/tests/test_unsent.py::test_a_flood_without_a_session_makes_few_rows_and_gives_the_words_back",
    ),
    # ---- The end of a freeze
    Mutation(
        "a freeze ends by a fresh proof",
        f"{BOXED}:identity_proven",
        "nothing",
        "api/tests/test_proof.py::test_what_ends_a_freeze_asks_for_a_fresh_proof",
    ),
    Mutation(
        "the police alone release theirs", f"{BOXED}:release_given", "nothing", f"{FREEZES}::test_the_police_alone_release_their_freeze"
    ),
    Mutation(
        "an operator names a reference", f"{BOXED}:freeze_reference", "nothing", f"{FREEZES}::test_an_operator_needs_a_reference_or_a_note"
    ),
    # ---- Erasure, export. A hold and the one freeze of an account stand twice: one guard gone, the other holds
    Mutation(
        "one officer alone erases nobody",
        "evidence.people.erasure:_has_word_of_another",
        "yes",
        f"{PERSONAL}::test_one_officer_alone_erases_nobody",
    ),
    Mutation(
        "officers and the person alone",
        "evidence.people.erasure:check_may",
        "nothing",
        f"{PERSONAL}::test_staff_and_strangers_are_kept_out",
    ),
    Mutation(
        "one's own data after a fresh proof",
        "accounts.reauthentication:is_fresh",
        "yes",
        "portal/tests/test_my_data.py::test_a_fresh_code_comes_first",
    ),
    Mutation(
        "others' data after a fresh factor",
        "evidence.people.erasure:check_factor",
        "nothing",
        "desk/tests/test_staff_sessions.py::test_nor_hands_out_or_erases_a_person",
    ),
)


def take_out(place: str, instead: str) -> None:
    """`module:name`, or `module:name:key` of a table."""
    module, name, *key = place.split(":")
    found = import_module(module)
    if key:
        table = getattr(found, name)
        if key[0] not in table:
            raise KeyError(key[0])
        table[key[0]] = INSTEAD[instead]
        return
    getattr(found, name)
    setattr(found, name, INSTEAD[instead])


def pytest_runtest_setup(item: object) -> None:
    """This file as a plugin of pytest: once all is imported."""
    place, _, instead = os.environ[ENVIRONMENT].partition(" ")
    take_out(place, instead)


def is_noticed(row: Mutation) -> bool:
    command = [sys.executable, "-m", "pytest", "-n0", "-q", "-x", "-p", "no:cacheprovider", "-p", "scripts.mutations", row.test]
    whole = {**os.environ, ENVIRONMENT: f"{row.place} {row.instead}"}
    return subprocess.run(command, env=whole, capture_output=True, check=False).returncode == 1


def main(words: list[str]) -> int:
    chosen = [row for row in MUTATIONS if not words or any(word in row.sentence for word in words)]
    unnoticed = 0
    for row in chosen:
        noticed = is_noticed(row)
        unnoticed += not noticed
        print(f"{'noticed' if noticed else 'NOT NOTICED'}: {row.sentence} ({row.place}, {row.test})", flush=True)
    print(f"{len(chosen) - unnoticed} of {len(chosen)} guards are missed by their test when they are gone.")
    return int(bool(unnoticed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
