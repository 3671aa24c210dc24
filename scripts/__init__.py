"""Tools of the house; nothing here runs in the product."""
