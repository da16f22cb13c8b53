"""Find, explain and heal what is broken in a Python environment.

The pytest plugin is `pytest_venvhealth.plugin`. Everything below `items` knows nothing of pytest
and can be called by a program of its own; `docs/architecture.md` draws the rooms.
"""
