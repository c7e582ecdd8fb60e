"""One door for each effect on the world outside."""
