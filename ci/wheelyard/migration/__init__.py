"""What the workflows of a repository build today, and what of it `[tool.wheelyard]` and `[tool.cibuildwheel]` say."""
