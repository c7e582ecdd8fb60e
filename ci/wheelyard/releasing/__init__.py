"""From the wheels of jobs to a release: gathered, compared, checked, tagged."""
