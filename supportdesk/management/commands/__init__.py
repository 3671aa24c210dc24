"""Commands of the whole install."""
