"""Bills of payment channels: read line by line, and compared with what complaints say. Pure."""
