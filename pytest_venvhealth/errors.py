"""The base of every error that a user can cause."""


class VenvHealthError(Exception):
    """Something a person must change; its text says what, where, and what to do next."""


class UsageError(VenvHealthError):
    """An option, a path or a profile was given wrongly: nothing was checked (pytest's exit 4)."""
