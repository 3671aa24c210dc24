"""`manage.py verify_history`: the same as verify_custody without opening files: events, decisions, custody log, seals."""

from evidence.management.proving import ProvingCommand
from evidence.models import VaultRun


class Command(ProvingCommand):
    help = "Prove that events, decisions and the custody log are whole. Keep the last line elsewhere: it dates the history."
    kind = VaultRun.Kind.HISTORY
