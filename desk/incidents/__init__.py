"""Incidents on the desk."""
