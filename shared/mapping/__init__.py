"""From a data set and a catalogue to a mapping a data steward can review."""
