"""A change of keys: the keys of files are wrapped anew under the current key, and accounts sealed anew. No file is read or written."""

from __future__ import annotations

from collections.abc import Callable

from django.db.models import QuerySet

from evidence.models import SealedFile
from evidence.vault import sealing
from evidence.vault.sealing import SealBroken
from lib.keyring import Keyring, UnknownKey, current_id, keyring
from lib.sealed_text import SealedTextBroken
from tickets.models import Freeze, Ticket
from tickets.workflow.identifiers import account_columns, open_account

BATCH = 500
Progress = Callable[[int], None]


def waiting() -> QuerySet[SealedFile]:
    """Files whose keys are wrapped by an older key."""
    return SealedFile.objects.filter(erased_at=None).exclude(key_id=current_id())


def waiting_count() -> int:
    """Keys of files, and accounts of complaints and freezes."""
    return waiting().count() + sum(_accounts(model).count() for model in (Ticket, Freeze))


def _accounts(model: type[Ticket] | type[Freeze]) -> QuerySet[Ticket] | QuerySet[Freeze]:
    """Sealed under an older key. The id of its key stands first in a sealed text."""
    return model._default_manager.exclude(account_sealed="").exclude(account_sealed__startswith=f"{current_id()}:")


def rewrap(progress: Progress) -> list[str]:
    """Wrap every key anew and say what could not be unwrapped. `progress` hears how many are done; a second run goes on."""
    done, last, wrong = 0, 0, []
    for model in (Ticket, Freeze):
        accounts: list[Ticket | Freeze] = list(_accounts(model))
        for account in accounts:
            try:
                done += _reseal_account(account)
            except SealedTextBroken:
                wrong.append(f"account of {model._meta.model_name} {account.pk}: cannot be opened")
    progress(done)
    while batch := list(waiting().filter(pk__gt=last).order_by("pk")[:BATCH]):
        last = batch[-1].pk
        for row in batch:
            try:
                done += _rewrap_row(row, keyring())
            except SealBroken as broken:
                wrong.append(str(broken))
        progress(done)
    return wrong


def _reseal_account(row: Ticket | Freeze) -> int:
    """1 when done, 0 when somebody else changed or forgot it meanwhile. Raises SealedTextBroken."""
    anew = account_columns(open_account(row.account_sealed, row.account_hmac))["account_sealed"]
    return type(row)._default_manager.filter(pk=row.pk, account_sealed=row.account_sealed).update(account_sealed=anew)


def _rewrap_row(row: SealedFile, ring: Keyring) -> int:
    """1 when done, 0 when somebody else changed or erased the row meanwhile. Raises SealBroken."""
    try:
        key = sealing.unwrap(bytes(row.wrapped_key), ring.key(row.key_id))
    except UnknownKey as error:
        raise SealBroken("unknown_key", row.name) from error
    except SealBroken as error:
        raise SealBroken(error.code, row.name) from error
    same = SealedFile.objects.filter(pk=row.pk, key_id=row.key_id, erased_at=None)
    return same.update(key_id=ring.current, wrapped_key=sealing.wrap(key, ring.key(ring.current)))
