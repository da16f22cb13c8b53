"""Say what was found: as JSON for programs, as lines of text for people."""
