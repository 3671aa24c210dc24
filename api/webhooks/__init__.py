"""Signed calls to other programs when something happened on a ticket: rows from the history, sent by a sweep."""
