"""The rows that answers are made of, as `users` seeds them; measuring knows no more of a dataset than two numbers."""

from __future__ import annotations

from functools import lru_cache

from perfcompare.core.dataset import Dataset
from users import dataset as seeded


@lru_cache(maxsize=16)
def rows(dataset: Dataset) -> seeded.Dataset:
    """What the database holds; ValueError for a dataset that cannot be seeded."""
    return seeded.Dataset(count=dataset.count, seed=dataset.seed)
