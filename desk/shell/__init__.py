"""What every page of the desk shares: access, the frame, labels, fields, refusals in words."""
