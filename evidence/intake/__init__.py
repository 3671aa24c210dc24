"""How evidence comes in: uploads, parts of large files, files of a message, and their inspection."""

from evidence.intake.message_attachments import forget_unsent, put_to, say, sendable, sent_with, unsent_of
from evidence.intake.resumable_uploads import announced, begin, cancel, coming, let_in, receive
from evidence.intake.upload import bring_in, give_consent, sealed, take_in, upload

__all__ = [
    "announced",
    "begin",
    "bring_in",
    "cancel",
    "coming",
    "forget_unsent",
    "give_consent",
    "let_in",
    "put_to",
    "receive",
    "say",
    "sealed",
    "sendable",
    "sent_with",
    "take_in",
    "unsent_of",
    "upload",
]
