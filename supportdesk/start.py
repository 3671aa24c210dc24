"""What a server process asks itself before it serves: the checks of `manage.py check`, which gunicorn alone would not run."""

from django.core import checks
from django.core.exceptions import ImproperlyConfigured


def refuse_what_is_wrong() -> None:
    """Raises ImproperlyConfigured with all that is wrong. Asks no database: one that is away for a moment stops no start."""
    errors = [each for each in checks.run_checks() if each.level >= checks.ERROR and not each.is_silenced()]
    if errors:
        raise ImproperlyConfigured("\n".join(f"{each.id}: {each.msg}" for each in errors))
