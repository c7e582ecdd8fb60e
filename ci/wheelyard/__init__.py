"""Plan, generate, build, audit, collect, publish and tag releases of Python wheels with native code."""

__version__ = "0.1.0"
