"""Probes: code that runs inside the target, the runner that isolates it, and the catalogue."""
