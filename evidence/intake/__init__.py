"""How evidence comes in: uploads, parts of large files, files of a message, and their inspection."""

from evidence.intake.message_attachments import attach_files, attachments_by_message, forget_unsent, say, sendable, unsent_of
from evidence.intake.resumable_uploads import begin, cancel, create_partial, receive, stage_partial, visible_upload
from evidence.intake.uploads import commit_upload, give_consent, stage_upload, upload, upload_then

__all__ = [
    "attach_files",
    "attachments_by_message",
    "begin",
    "cancel",
    "commit_upload",
    "create_partial",
    "forget_unsent",
    "give_consent",
    "receive",
    "say",
    "sendable",
    "stage_partial",
    "stage_upload",
    "unsent_of",
    "upload",
    "upload_then",
    "visible_upload",
]
