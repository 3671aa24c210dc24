"""The core in the admin. Django looks here; what is registered stands in `tables`, `channels` and `respondents`."""

from tickets.admin import channels as channels
from tickets.admin import respondents as respondents
from tickets.admin import tables as tables
