"""One case as a unit of work, and what is read off it: guards, timers, checklist, notices, timeline."""
