"""`manage.py verify_custody`: prove the whole history and every stored hash; name what is wrong and exit with 1."""

from evidence.management.proving import ProvingCommand
from evidence.models import VaultRun


class Command(ProvingCommand):
    help = "Prove that the history is whole and every file is what arrived. Keep the last line elsewhere: it dates the history."
    kind = VaultRun.Kind.VERIFICATION
