"""Bills of payment channels on the desk."""
