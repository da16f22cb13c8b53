"""The commands of `venv-health`, one module a group."""
