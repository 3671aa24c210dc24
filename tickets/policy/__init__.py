"""What a version of the rules says: playbooks, publishing, comparing, trying a deadline, what ships."""
