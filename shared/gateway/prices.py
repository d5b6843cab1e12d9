"""What an attempt cost, by the PRICES setting and the model named in the response."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from shared.settings import Price

_MILLION = Decimal(1_000_000)
_DATE_SUFFIX = re.compile(r"-(\d{4}-\d{2}-\d{2}|\d{8}|\d{4})$")


def cost_of(
    prices: Mapping[str, tuple[Price, ...]], model: str, prompt: int, cached: int, completion: int, today: date
) -> Decimal | None:
    """In the currency of PRICES, None without a price. ``cached`` is the part of ``prompt`` billed as cached."""
    price = _price(prices, model, today)
    if price is None:
        return None
    cached = min(cached, prompt)
    return ((prompt - cached) * price.prompt + cached * price.cached + completion * price.completion) / _MILLION


def _price(prices: Mapping[str, tuple[Price, ...]], model: str, today: date) -> Price | None:
    """Of the exact name, else of the name without its date (``gpt-4o-2024-11-20``, ``gpt-4-0613``)."""
    entries = prices.get(model) or prices.get(_DATE_SUFFIX.sub("", model), ())
    return next((entry for entry in reversed(entries) if entry.valid_from <= today), None)
