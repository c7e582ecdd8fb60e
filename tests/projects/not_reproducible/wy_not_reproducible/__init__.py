"""Another wheel each time."""
