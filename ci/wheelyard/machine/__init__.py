"""What the machine at hand can do for a release."""
