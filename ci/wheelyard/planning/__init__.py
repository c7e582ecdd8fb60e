"""Decide every job and every wheel before anything runs, and say what that means."""
