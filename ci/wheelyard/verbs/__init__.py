"""What wheelyard does: one module a verb, each with `arguments(parser)` and `run(options, console)`."""
