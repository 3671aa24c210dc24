"""More people of the demo: neighbours who report the same fault, colleagues who share the work. None of them can sign in."""

from __future__ import annotations

from collections.abc import Mapping

from django.contrib.auth.models import Group

from accounts.models import User
from accounts.roles import Role

PAYERS: Mapping[str, str] = {"hemiao": "何苗", "luomin": "罗敏", "gaoyuan": "高远", "dengjie": "邓洁", "pengbo": "彭博"}
SAVERS: Mapping[str, str] = {"xuchen": "许晨", "zengli": "曾丽", "xiaoran": "萧然", "panyue": "潘越", "yuanmeng": "袁梦"}
COLLEAGUES: Mapping[str, tuple[str, Role]] = {
    "han": ("韩雪", Role.AGENT),
    "qiu": ("邱立", Role.AGENT),
    "ma": ("马骏", Role.FREEZE_OPERATOR),
    "tang": ("唐悦", Role.REVIEWER),
}


def make_crowd() -> dict[str, User]:
    """By the short name of the stories."""
    customers = {name: _person(name, said) for name, said in {**PAYERS, **SAVERS}.items()}
    return customers | {name: _person(name, said, role) for name, (said, role) in COLLEAGUES.items()}


def _person(name: str, said: str, role: Role | None = None) -> User:
    user = User.objects.create_user(f"{name}@example.com", None, name=said)
    if role is not None:
        user.groups.add(Group.objects.get(name=role))
    return user
