"""Files that wheelyard writes into a repository."""
