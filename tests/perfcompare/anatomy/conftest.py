"""A small laboratory, made once for all tests of the anatomy."""

from __future__ import annotations

import os

import pytest

from perfcompare.targets.demonstration import laboratory
from perfcompare.targets.demonstration.target import Demonstration, prepare
from users.dataset import Dataset


@pytest.fixture(scope="session")
def dataset() -> Dataset:
    return Dataset(count=200, seed=1)


@pytest.fixture(scope="session")
def target(dataset: Dataset, services: None) -> Demonstration:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(laboratory, "DATABASE", "perfcompare_test_anatomy")
        return prepare(os.environ, dataset)
