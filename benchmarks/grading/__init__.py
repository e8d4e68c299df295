"""Grades one class by coursekit and by its peers, and watches time, memory and leaks."""
