"""Every action of the table as a form, made from the shape of its input."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

from django.http import QueryDict
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.roles import Role
from desk.shell.fields import Choice, Field, Form, vocabulary_choices
from desk.shell.target_names import target_titles
from desk.ticket.forms.filing import CHANNELS_OF_CALLS
from evidence.kinds import KINDS, NOT_UPLOADED
from lib.types import Record, Text
from tickets.cases.case import Case
from tickets.cases.checklist import usable
from tickets.cases.freeze_guards import own_freeze
from tickets.cases.money import outstanding, pending_money
from tickets.models import Remedy
from tickets.words import (
    ACTION_WORDS,
    DEMAND,
    EVIDENCE_KIND,
    FREEZE_ORIGIN,
    FREEZE_STATE,
    REMEDY,
    SECURITY_TASK,
)
from tickets.workflow import ACTIONS, Input
from tickets.workflow.inputs import TEXT_LIMIT
from tickets.workflow.questions import Question, question
from tickets.workflow.vocabulary import CALL_TIMES, MONEY_REMEDIES, RETURNS, SECURITY_TASKS, TARGETS

CODED = ("root_cause", "liability", "reason_code", "outcome", "authority", "timer")
BLANK_REMEDIES = 3


def action_title(key: str) -> Text:
    words = ACTION_WORDS[key]
    return words.of_desk or words.button or key


def asks_again(key: str) -> bool:
    """A grave act that has no page of its own to be looked at before."""
    return key in ACTIONS and not ACTIONS[key].decision and ACTION_WORDS[key].confirm is not None


def action_form(case: Case, entry: Record, typed: QueryDict | None = None) -> Form:
    """The form of one entry of the menu. `typed` is what came back with an error: it is kept."""
    action = ACTIONS[entry["action"]]
    fields = [made for each in action.inputs for made in _fields(case, action.key, each, typed)]
    if asks_again(action.key):
        label = ACTION_WORDS[action.key].confirm or ""
        fields.append(Field(action.key, "sure", label, "check", required=True, value=typed.get("sure", "") if typed else ""))
    form = Form(action.key, action_title(action.key), action_title(action.key), fields, danger=action.dangerous)
    if action.per_target:
        _only_open_targets(form, entry)
    return form


def _fields(case: Case, key: str, each: Input, typed: QueryDict | None) -> list[Field]:
    if each.kind in PARTS:
        return PARTS[each.kind](case, key, typed)
    if each.for_programs or not ASKED_WHERE.get(each.name, _always)(case):
        return []
    asked = _question(key, each, get_language() or "")
    needed = asked.required or _is_needed(case, key, each)
    widget = "yesno" if each.kind == "bool" and needed else asked.widget
    made = Field(key, asked.name, asked.label, widget, needed, hint=asked.hint, limit=asked.limit)
    made.choices = _choices(case, each)
    made.value = _proposal(case, each) if each.proposes and typed is None else _value(made, typed) or _only_choice(made)
    return [made]


def _is_needed(case: Case, key: str, each: Input) -> bool:
    return each.name in NEEDED_WHERE_ASKED or (each.desk_needs and not _acts_for_the_desk_too(case, key))


@lru_cache(maxsize=512)
def _question(key: str, each: Input, _language: str) -> Question:
    """With its words in the active language: a page has some thirty fields, and most are the same on every complaint."""
    asked = question(key, each)
    return asked._replace(label=str(asked.label), hint=str(asked.hint))


def _proposal(case: Case, each: Input) -> str:
    """What the ticket itself says, to be confirmed."""
    known = outstanding(case) or None if each.proposes == "outstanding" else getattr(case.ticket, each.proposes)
    return "" if known is None else f"{known:.2f}" if each.kind == "money" else str(known)


def _only_choice(made: Field) -> str:
    """Where there is nothing to choose, nobody has to."""
    return made.choices[0][0] if made.widget == "select" and made.required and len(made.choices) == 1 else ""


def _answers(case: Case, key: str, typed: QueryDict | None) -> list[Field]:
    return [_answer(key, demand, typed) for demand in case.ticket.demands]


def _points(case: Case, key: str, typed: QueryDict | None) -> list[Field]:
    return [_point(key, demand, typed) for demand in case.ticket.demands]


def _sums(case: Case, key: str, typed: QueryDict | None) -> list[Field]:
    return [_sum(key, remedy, typed) for remedy in pending_money(case)]


def _excuses(case: Case, key: str, typed: QueryDict | None) -> list[Field]:
    """For each kind that was asked for: why the customer cannot get it."""
    asked = case.open_request
    return [_excuse(key, kind, typed) for kind in (asked.kinds if asked else ())]


def _excuse(key: str, kind: str, typed: QueryDict | None) -> Field:
    name = f"unavailable_{kind}"
    label = _("Cannot be had: %(kind)s. Why not?") % {"kind": EVIDENCE_KIND.get(kind, kind)}
    return Field(key, name, label, "area", value=typed.get(name, "") if typed else "", hint=_("Empty: it is there."), limit=TEXT_LIMIT)


def _answer(key: str, demand: str, typed: QueryDict | None) -> Field:
    name = f"answer_{demand}"
    label = _("Answer to the demand “%(demand)s”") % {"demand": DEMAND.get(demand, demand)}
    return Field(key, name, label, "area", required=True, value=typed.get(name, "") if typed else "", limit=TEXT_LIMIT)


def _point(key: str, demand: str, typed: QueryDict | None) -> Field:
    name = f"point_{demand}"
    label = _("What the customer says to the answer on “%(demand)s”") % {"demand": DEMAND.get(demand, demand)}
    return Field(key, name, label, "area", value=typed.get(name, "") if typed else "", limit=TEXT_LIMIT)


def _sum(key: str, remedy: Remedy, typed: QueryDict | None) -> Field:
    """What went out of one remedy in money; as decided until somebody says otherwise."""
    name = f"amount_{remedy.kind}"
    label = _("What went out: %(remedy)s") % {"remedy": REMEDY.get(remedy.kind, remedy.kind)}
    return Field(key, name, label, "money", required=True, value=typed.get(name, "") if typed else f"{remedy.amount:.2f}")


def _value(made: Field, typed: QueryDict | None) -> object:
    if made.widget == "remedies":
        return remedy_rows(typed)
    if typed is None:
        return [] if made.widget == "checks" else ""
    return typed.getlist(made.name) if made.widget == "checks" else typed.get(made.name, "")


def remedy_rows(typed: QueryDict | None) -> list[tuple[str, str]]:
    """Pairs of kind and amount as they were typed, and a few blank ones."""
    given = list(zip(typed.getlist("remedy_kind"), typed.getlist("remedy_amount"), strict=False)) if typed else []
    rows = [(kind, amount.strip()) for kind, amount in given if kind or amount.strip()]
    return rows + [("", "")] * max(1, BLANK_REMEDIES - len(rows))


# ---- Choices that depend on the case
def _choices(case: Case, each: Input) -> Sequence[Choice]:
    if each.name == "target":
        return _targets(case, each.choices)
    if each.kind == "bool":
        return [("true", _("Yes")), ("false", _("No"))]
    maker = CHOICES.get(each.name)
    if maker is not None:
        return maker(case)
    return vocabulary_choices(each.name.upper(), each.choices) if each.name in CODED else [(code, code) for code in each.choices]


def _kinds(case: Case) -> Sequence[Choice]:
    """What the category asks for first, then whatever else a customer could send."""
    own = [slot.kind for slot in case.playbook.slots_for(case.ticket.lane)]
    others = [key for key, kind in KINDS.items() if not kind.of_desk and key not in NOT_UPLOADED]
    return vocabulary_choices("EVIDENCE_KIND", dict.fromkeys([*own, *others]))


def _evidence(case: Case) -> list[Choice]:
    fitting = [item for item in case.evidence if usable(item) and not item.is_of_desk]
    return [(str(item.pk), f"{EVIDENCE_KIND.get(item.kind, item.kind)} #{item.pk}") for item in fitting]


def _remedies(case: Case) -> list[Choice]:
    """The category's own, and no other. Money is marked: only it takes an amount."""
    return [(key, f"{REMEDY[key]} (¥)" if key in MONEY_REMEDIES | RETURNS else REMEDY[key]) for key in case.playbook.remedies]


def _orders(case: Case) -> Sequence[Choice]:
    """What the complaint names, each once."""
    return [(number, number) for number in dict.fromkeys(order.number for order in case.order_references)]


def _grantable(case: Case) -> Sequence[Choice]:
    """What was asked for."""
    return vocabulary_choices("DEMAND", case.ticket.demands)


def _freezes(case: Case) -> list[Choice]:
    named = [(each, f"{each.account_masked} · {FREEZE_ORIGIN[each.origin]}") for each in case.freezes if each.is_live]
    return [(str(each.pk), f"{name} · {FREEZE_STATE[each.state]}") for each, name in named]


def _tasks(case: Case) -> list[Choice]:
    return [(task, SECURITY_TASK[task]) for task in SECURITY_TASKS if task not in case.security_tasks]


def _targets(case: Case, known: Sequence[str]) -> list[Choice]:
    """Of places an answer is expected from, where any could be named (escalate replaces them by where it can go)."""
    titles = target_titles()
    waiting = [target for target in TARGETS if target != "l1_internal" and case.last_escalation(target)]
    return [(target, titles.get(target, target)) for target in (waiting if len(known) == len(TARGETS) else known)]


def _only_open_targets(form: Form, entry: Record) -> None:
    """What is not open yet stands below the form, with its reason and time."""
    titles = target_titles()
    open_ones = [each["target"] for each in entry.get("targets", ()) if each["allowed"]]
    form.fields[0].choices = [(target, titles.get(target, target)) for target in open_ones]


# ---- What depends on the case
def _always(_case: Case) -> bool:
    return True


def _several_freezes(case: Case) -> bool:
    return sum(freeze.is_live for freeze in case.freezes) > 1


def _several_orders(case: Case) -> bool:
    return len(_orders(case)) > 1


def _not_own(case: Case) -> bool:
    return Role.OWNER not in case.roles and Role.AGENT in case.roles


def _freeze_to_keep(case: Case) -> bool:
    return own_freeze(case) is not None


def _acts_for_the_desk_too(case: Case, key: str) -> bool:
    """Who has a right of their own to this act need not act for the customer."""
    action = ACTIONS[key]
    return action.is_owners and not case.roles.isdisjoint(action.roles - {Role.AGENT})


def _call_times(_case: Case) -> Sequence[Choice]:
    return vocabulary_choices("CALL_TIME", CALL_TIMES)


def _channels(_case: Case) -> Sequence[Choice]:
    return vocabulary_choices("CHANNEL", CHANNELS_OF_CALLS)


PARTS: Mapping[str, Callable[[Case, str, QueryDict | None], list[Field]]] = {
    "answers": _answers,
    "points": _points,
    "amounts": _sums,
    "unavailable": _excuses,
}
# By the name of the field: where it has nothing to ask, it is left out.
ASKED_WHERE: Mapping[str, Callable[[Case], bool]] = {
    "freeze": _several_freezes,
    "order_number": _several_orders,
    "told_by": _not_own,
    "keep_freeze": _freeze_to_keep,
}
NEEDED_WHERE_ASKED = frozenset({"keep_freeze"})
CHOICES: Mapping[str, Callable[[Case], Sequence[Choice]]] = {
    "kinds": _kinds,
    "evidence": _evidence,
    "remedies": _remedies,
    "granted": _grantable,
    "order_number": _orders,
    "task": _tasks,
    "freeze": _freezes,
    "told_by": _channels,
    "when": _call_times,
}
