"""Hostile files, parsed in a process apart: its client, its worker, and the safe copies of pictures and PDFs."""
