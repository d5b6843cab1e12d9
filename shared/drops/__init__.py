"""Data drops: files and records that arrive through the queue, and what becomes of them."""
