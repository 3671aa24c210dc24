"""PostgreSQL as Django knows it, but for how instants are read."""
