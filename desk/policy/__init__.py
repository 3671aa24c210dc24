"""Putting running complaints under another version of the rules."""
