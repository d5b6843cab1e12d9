"""Which few keys and vocabularies of a catalogue are worth comparing with a data set, from thousands."""
