"""What surrounds the engines: orders in, wheels with their reports out, the same bytes each time."""
