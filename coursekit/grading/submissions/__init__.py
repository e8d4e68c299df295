"""Submissions: found, read whatever their state, and restored to what the reference asks."""
