"""The queue: its rows, filters, saved views, counts, bulk acts and exports."""
