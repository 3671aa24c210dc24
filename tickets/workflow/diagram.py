"""The table drawn: docs/states.md is this module's output, and a test compares the two."""

from __future__ import annotations

from collections import defaultdict

from tickets.workflow import ACTIONS, OPEN, STAGE_OF, TIMERS, Action, Status

# Arrows from every open status would hide all others; they are told in words.
EVERYWHERE = 8


def document() -> str:
    """docs/states.md as Markdown."""
    parts = (
        "# States and actions\n\nWritten by `manage.py draw_states` from `tickets/workflow/`; a test compares them.\n",
        "```mermaid",
        *diagram(),
        "```\n",
        _in_words(),
        "## Stages\n",
        *(f"- **{stage}**: {', '.join(s for s in Status if STAGE_OF[s] == stage)}" for stage in dict.fromkeys(STAGE_OF.values())),
        "\n## Actions\n",
        "| action | roles | in status | leads to | guards |",
        "|---|---|---|---|---|",
        *(_row(action) for action in ACTIONS.values()),
    )
    return "\n".join(parts) + "\n"


def diagram() -> list[str]:
    """The lines of a mermaid state diagram: one arrow for each pair of statuses, labelled with all that makes it."""
    labels: dict[tuple[str, str], list[str]] = defaultdict(list)
    for action in ACTIONS.values():
        if len(action.arrows) < EVERYWHERE:
            for arrow in action.arrows:
                labels[arrow].append(action.key)
    for timer in TIMERS.values():
        for arrow in timer.arrows:
            labels[arrow].append(f"[{timer.key}]")
    drawn = [f"    {source} --> {target}: {' / '.join(names)}" for (source, target), names in labels.items()]
    return ["stateDiagram-v2", "    [*] --> draft", *drawn]


def _in_words() -> str:
    wide = [action.key for action in ACTIONS.values() if len(action.arrows) >= EVERYWHERE]
    return f"Not drawn, because they lead out of nearly every open status: {', '.join(wide)}. In brackets: the clock.\n"


def _row(action: Action) -> str:
    targets = ", ".join(dict.fromkeys(target for _, target in action.arrows)) or "–"
    statuses = _statuses(action.statuses)
    return f"| {action.key} | {', '.join(sorted(action.roles))} | {statuses} | {targets} | {', '.join(action.guards) or '–'} |"


def _statuses(statuses: frozenset[Status]) -> str:
    if statuses == frozenset(Status):
        return "any"
    if statuses == OPEN:
        return "any open"
    if statuses == OPEN - {Status.DRAFT}:
        return "any open, filed"
    if statuses == frozenset(Status) - {Status.DRAFT}:
        return "any but draft"
    return ", ".join(status for status in Status if status in statuses)
