"""Taking away what is past its time."""
