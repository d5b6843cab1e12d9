"""Add Value and Set Value with AI: a steward's prompt template answered for records, typed and checked."""
