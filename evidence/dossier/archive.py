"""The archive: safe copies, the PDF, and their hashes. Made in memory, because nothing of a sensitive file may touch a disk."""

from __future__ import annotations

import hashlib
import io
import json
import logging
import threading
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from accounts.models import User
from evidence.dossier.content import Dossier, Exhibit
from evidence.dossier.drawing import render_dossier
from evidence.files import MEGA
from evidence.kinds import MASKED_KINDS
from evidence.models import EvidenceItem, SealedFile
from evidence.statement_of_balance import is_issued_statement, render_statement
from evidence.vault import custody, store
from evidence.vault.custody import CustodyAction
from evidence.vault.sealing import SealBroken
from lib.redaction import without_card_numbers
from lib.types import Record

log = logging.getLogger(__name__)
PDF, SUMS, MANIFEST = "dossier.pdf", "SHA256SUMS", "manifest.json"
# Each may hold as much as a submission; more at a time would fill a worker's memory.
AT_A_TIME = threading.BoundedSemaphore(2)


@dataclass
class Archive:
    """A ZIP that remembers the hash of everything put into it."""

    made_at: datetime
    buffer: io.BytesIO = field(default_factory=io.BytesIO)
    files: list[Record] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.zip = zipfile.ZipFile(self.buffer, "w")

    def put(self, name: str, data: bytes, **told: object) -> None:
        info = zipfile.ZipInfo(name, self.made_at.timetuple()[:6])
        info.external_attr = 0o644 << 16
        # Pictures and PDFs are packed already.
        info.compress_type = zipfile.ZIP_DEFLATED if name.endswith((".json", ".txt", SUMS)) else zipfile.ZIP_STORED
        self.zip.writestr(info, data)
        self.files.append({"name": name, "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), **told})

    @property
    def size(self) -> int:
        return sum(file["size"] for file in self.files)

    def close(self) -> bytes:
        self.zip.close()
        return self.buffer.getvalue()


def build_archive(dossier: Dossier, viewer: User) -> bytes:
    """The ZIP. Writes one row of custody for each file that goes out, before it does."""
    with AT_A_TIME:
        archive = Archive(dossier.made_at.astimezone(ZoneInfo(dossier.case.policy.zone)))
        chosen = [exhibit for exhibit in dossier.exhibits if exhibit.name]
        sealed = {row.name: row for row in SealedFile.objects.filter(name__in=[exhibit.item.safe for exhibit in chosen])}
        for exhibit in chosen:
            _add(archive, exhibit, sealed, dossier.case.policy.max_submission_mb * MEGA)
        archive.put(PDF, render_dossier(dossier))
        archive.put(SUMS, "".join(f"{file['sha256']}  {file['name']}\n" for file in archive.files).encode())
        record_export(viewer, dossier)
        archive.put(MANIFEST, json.dumps(manifest(dossier, archive), ensure_ascii=False, indent=2).encode())
        return archive.close()


def _add(archive: Archive, exhibit: Exhibit, sealed: Mapping[str, SealedFile], most: int) -> None:
    data = _bytes(exhibit.item, sealed)
    if data is None:
        exhibit.leave_out("unreadable")
    elif archive.size + len(data) > most:
        exhibit.leave_out("too_large")
    else:
        archive.put(exhibit.name, data, item=exhibit.item.pk)


def _bytes(item: EvidenceItem, sealed: Mapping[str, SealedFile]) -> bytes | None:
    """The safe copy. One that cannot be read is named in the list; the others still go out."""
    if is_issued_statement(item):
        return render_statement(item)
    if not item.safe:
        return without_card_numbers(item.text).encode()
    try:
        return store.read_row(sealed[item.safe])
    except (KeyError, SealBroken, OSError):
        log.exception("evidence %s could not be read for a dossier", item.pk)
        return None


def record_export(viewer: User, dossier: Dossier) -> None:
    """That these left the house, with whom and for whom. The one place of this package that writes."""
    items = [exhibit.item for exhibit in dossier.exhibits if exhibit.name or _is_unmasked(exhibit)]
    custody.record(CustodyAction.EXPORTED, items, by=viewer, at=dossier.made_at, detail={"for": dossier.asked.recipient})


def _is_unmasked(exhibit: Exhibit) -> bool:
    """Without a file, but printed: what is masked at the desk stands there as it was typed."""
    return exhibit.left_out == "printed" and exhibit.item.kind in MASKED_KINDS


def manifest(dossier: Dossier, archive: Archive) -> dict[str, object]:
    """Every file of the archive but this one, and every item of evidence with the hash it had on arrival."""
    zone = ZoneInfo(dossier.case.policy.zone)
    return {
        "reference": dossier.ticket.ref,
        "made_at": dossier.made_at.astimezone(zone).isoformat(timespec="seconds"),
        "language": dossier.asked.language,
        "for": dossier.asked.recipient or None,
        "receipts": [{"number": each.number, "code": each.code, "digest": each.digest} for each in dossier.receipts],
        "files": archive.files,
        "evidence": [_manifest_entry(exhibit, zone) for exhibit in dossier.exhibits],
    }


def _manifest_entry(exhibit: Exhibit, zone: ZoneInfo) -> dict[str, object]:
    item = exhibit.item
    return {
        "number": exhibit.number,
        "id": item.pk,
        "kind": item.kind,
        "state": item.state,
        "arrived_at": item.uploaded_at.astimezone(zone).isoformat(timespec="seconds"),
        "size_on_arrival": item.size,
        "sha256_on_arrival": item.sha256,
        "file": exhibit.name or None,
        "left_out": exhibit.left_out or None,
    }
