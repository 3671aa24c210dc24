"""`make assurance`: a desk as in production is put under each load that may not hold up a freeze, and what it did meanwhile is measured."""
