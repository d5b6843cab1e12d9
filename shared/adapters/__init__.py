"""One module per outside system, named by it. The only importers of their SDKs."""
