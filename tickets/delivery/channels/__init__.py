"""Notification channels: one file for each way out, one row for each in the registry. docs/recipes/channel.md tells how to add one."""
