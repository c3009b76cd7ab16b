"""A small laboratory, made once for all tests of the anatomy."""

from __future__ import annotations

import os

import pytest

from perfcompare.core.dataset import Dataset
from perfcompare.runner import laboratory
from perfcompare.runner.laboratory import Laboratory


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return Dataset(count=200, seed=1)


@pytest.fixture(scope="session")
def place(dataset: Dataset, services: None) -> Laboratory:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laboratory, "DATABASE", "perfcompare_test_anatomy")
        return laboratory.prepare(os.environ, dataset)
