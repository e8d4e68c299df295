"""Measurements: of speed, against what a user would do instead, and of how well answers are read."""
