"""Widgets of forms by Jinja2, as the pages around them; those that Django's engine alone has (the admin's) by that one."""

from __future__ import annotations

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.template import engines

BOTH_HAVE = "django/forms/"


class FormRenderer(TemplatesSetting):
    def get_template(self, template_name: str) -> Any:
        return engines["jinja2"].get_template(template_name) if template_name.startswith(BOTH_HAVE) else super().get_template(template_name)
