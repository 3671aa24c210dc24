"""The ticket page: what it shows, the forms of every act, drafts, sending, the evidence viewer."""
