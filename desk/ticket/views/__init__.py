"""Pages of one ticket."""
