"""``python -m admin``: a deployed app's flags, settings, prompts, usage, failures and jobs, over its HTTP interface.

It knows the app by its address and its keys alone, imports nothing of it, and needs nothing but Python.
"""
