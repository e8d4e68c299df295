"""Measurements of speed, as ratios, and of how well answers are read."""
