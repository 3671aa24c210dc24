"""Rows of the desk's own trade: nothing of a complaint's."""

from desk.models.saved_view import SavedView

__all__ = ["SavedView"]
