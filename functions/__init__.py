"""The entry points: one module per resource, each reads, calls one use case and answers."""
