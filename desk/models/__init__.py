"""Rows of the desk's own trade, one file a subject. None of them decides anything."""

from desk.models.macro import Macro
from desk.models.saved_view import SavedView
from desk.models.writing import Draft

__all__ = ["Draft", "Macro", "SavedView"]
