"""The groups of commands, one module each: its arguments, its requests, and how an answer is shown."""
