"""Benchmarks: one module a question of speed, run as ``python -m benchmarks.NAME``."""
