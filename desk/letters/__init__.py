"""E-mails that wait for a person: what they are, and the page that lists them."""
