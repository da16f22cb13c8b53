"""From an environment that works to the profile and the lock that describe it."""
