"""In-memory stand-ins for what is outside."""
