"""Files as tables: one module per family of formats. Content decides what a file is; its name is a hint."""
