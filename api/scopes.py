"""Which scope of a token each action needs. A test refuses an action that stands here under none."""

from __future__ import annotations

from collections.abc import Mapping

from accounts.scopes import ACT, FREEZES, IDENTITY, REMEDIES

ANY = "any"  # whatever a token is good for
ACTIONS_OF_SCOPE: Mapping[str, tuple[str, ...]] = {
    FREEZES: ("confirm_freeze", "fail_freeze", "lift_freeze", "record_police_freeze"),
    REMEDIES: ("confirm_remedy", "fail_remedy", "record_refund"),
    IDENTITY: ("record_identity_check",),
    ACT: (
        "file", "request_freeze", "request_lift", "tick_security_task", "waive_wait", "submit_appeal", "route_after_sale", "start_review",
        "request_evidence", "supply_evidence", "approve", "countersign", "refuse_countersign", "retract_decision", "reject",
        "issue_statement", "raise_claim", "escalate", "record_outside_filing", "record_hand_over", "record_external_answer",
        "record_transfer", "record_transfer_reply", "return_to_review", "uphold_customer", "uphold_rejection", "extend",
        "confirm_resolution", "dispute_resolution", "withdraw", "merge", "reopen", "refuse_reopen", "refer_to_police", "release_hold",
    ),
}  # fmt: skip
SCOPE_OF_ACTION: Mapping[str, str] = {action: scope for scope, actions in ACTIONS_OF_SCOPE.items() for action in actions}
