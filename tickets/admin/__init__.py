"""The core in the admin. Django looks here; what is registered stands in `tables`."""

from tickets.admin import tables as tables
