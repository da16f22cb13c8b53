"""The demo: an environment is made, broken as the real world does it, judged, and healed."""
