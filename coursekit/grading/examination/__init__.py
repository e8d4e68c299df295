"""Examination: a learner's cells in one process, the checks of them in another."""
