"""Reports: results kept as they come, the gradebook, the feedback, the page of the class."""
