"""The app's version, as the prompt history records it. The same as in pyproject.toml; a test compares them."""

VERSION = "0.1.0"
