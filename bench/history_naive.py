"""What one would write without looking: `bench.history` measures it beside the product's own queries."""

from __future__ import annotations

NAIVE_PAGE = """
SELECT a.*, o.status, o.model, o.prompt_tokens, o.completion_tokens, o.cached_tokens, o.cost, o.latency_ms
FROM prompt_attempts a LEFT JOIN prompt_outcomes o ON o.attempt_id = a.attempt_id
WHERE a.organization = ? ORDER BY a.created_at DESC LIMIT 50 OFFSET ?
"""
NAIVE_USAGE = """
SELECT date(a.created_at), a.feature, a.deployment, COUNT(*), SUM(o.prompt_tokens),
    SUM(o.completion_tokens), SUM(o.cost)
FROM prompt_attempts a LEFT JOIN prompt_outcomes o ON o.attempt_id = a.attempt_id
WHERE a.organization = ? AND a.created_at >= ? GROUP BY 1, 2, 3
"""
