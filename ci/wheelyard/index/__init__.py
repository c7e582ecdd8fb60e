"""A package index: what it shows, what an upload needs, and one of our own on loopback."""
