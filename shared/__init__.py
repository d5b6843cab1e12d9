"""The product. Knows nothing of Azure Functions, of HTTP status codes or of the local stack."""
