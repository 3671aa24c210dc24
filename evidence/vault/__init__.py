"""Where sealed bytes lie: the store, the keys, the custody log, and the long jobs over all of it."""
