"""How far a release has come: plan, builds, store and index side by side."""
