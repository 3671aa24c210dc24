"""The banner that says which year's working days are missing."""

from django import template

from sla.checks import missing_years, today_in

register = template.Library()


@register.inclusion_tag("admin/sla/calendar_warning.html")
def calendar_warning() -> dict[str, object]:
    return {"years": missing_years(today_in())}
