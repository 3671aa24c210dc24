"""The shapes of what goes out, one file a subject; the schema is read off them."""
