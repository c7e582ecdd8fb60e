"""What a person reads of the work: tables and progress."""
