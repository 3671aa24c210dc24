"""Who is there: availability, the roster, on call."""
