"""Telling what waits to be told: notices by e-mail, freezes to the freeze adapter."""
