"""Benchmarks, each printing a ratio measured in one run. Method and results: docs/benchmarks.md."""
