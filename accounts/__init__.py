"""A leaf room: who people are, which language and zone they read in, and which roles they hold."""
