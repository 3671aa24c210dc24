"""Files kept in the clear are sealed, and the looks recorded so far become the beginning of the custody log."""

import hashlib
import logging
import secrets

from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import migrations
from django.utils import timezone

from evidence.vault import sealing
from evidence.vault.custody import GENESIS, digest_of, seal_of
from evidence.vault.keys import first_keyring

log = logging.getLogger(__name__)
COLUMNS = ("original", "safe", "thumbnail")
WORDS = {"content": "viewed", "thumbnail": "thumbnail"}


def seal(apps, schema_editor):
    files = apps.get_model("evidence", "SealedFile")
    for item in apps.get_model("evidence", "EvidenceItem").objects.order_by("pk").iterator():
        named = {column: getattr(item, column) for column in COLUMNS if getattr(item, column)}
        for column, name in named.items():
            setattr(item, column, _sealed(files, item, name))
        if named:
            item.save(update_fields=list(named))


def _sealed(files, item, old):
    store, ring, key, token = storages["evidence"], first_keyring(), sealing.new_key(), secrets.token_hex(16)
    try:
        with store.open(old) as file:
            data = file.read()
    except FileNotFoundError:
        log.warning("evidence %d: its file %s is not in the store", item.pk, old)
        return old
    name = f"{token[:2]}/{token}"
    files.objects.create(
        name=name, item=item, key_id=ring.current, wrapped_key=sealing.wrap(key, ring.key(ring.current)), size=len(data),
        sha256=hashlib.sha256(data).hexdigest(), made_at=timezone.now(),
    )  # fmt: skip
    store.save(name, ContentFile(sealing.seal(data, key, bytes.fromhex(token))))
    store.delete(old)
    return name


def begin_the_log(apps, schema_editor):
    entries, head = apps.get_model("evidence", "CustodyEntry"), apps.get_model("evidence", "CustodyHead")(pk=1)
    head.seq, head.digest = 0, GENESIS
    for at, action, item, by, purpose in sorted(_happened(apps), key=lambda told: told[:1]):
        entry = entries(
            seq=head.seq + 1, at=at, action=action, item_id=item.pk, ticket_id=item.ticket_id, kind=item.kind, sha256=item.sha256,
            by_id=by, purpose=purpose, detail={}, previous=head.digest,
        )  # fmt: skip
        entry.digest = digest_of(entry)
        entry.save(force_insert=True)
        head.seq, head.digest = entry.seq, entry.digest
    if head.seq:
        head.seal = seal_of(head)
        head.save()


def _happened(apps):
    for item in apps.get_model("evidence", "EvidenceItem").objects.order_by("pk"):
        yield item.uploaded_at, "arrived", item, item.uploaded_by_id, ""
    for look in apps.get_model("evidence", "Access").objects.select_related("item").order_by("pk"):
        yield look.at, WORDS[look.what], look.item, look.by_id, look.purpose


class Migration(migrations.Migration):
    dependencies = [("evidence", "0002_vault")]
    operations = [
        migrations.RunPython(seal, migrations.RunPython.noop),
        migrations.RunPython(begin_the_log, migrations.RunPython.noop),
    ]
