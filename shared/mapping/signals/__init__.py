"""What speaks for a key: several weak signals, each in a module of its own that can be read and measured alone.

Each is a number from 0 to 1 for one field and one key, or nothing where a side has no data for it. ``table`` puts them
side by side, ``fusion`` weighs them, and ``surroundings`` and
``kin`` look at all fields and all keys together.
"""
