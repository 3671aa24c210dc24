"""What the ticket page shows, part by part: facts, history, clocks, evidence, decisions."""
