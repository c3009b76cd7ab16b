"""Numbers in addresses. An impossible number is a 404, like every other unknown one."""

from __future__ import annotations

from typing import Final

from django.db.models import BigIntegerField
from django.urls.converters import IntConverter

LARGEST_PID: Final = 2**31 - 1
"""The largest value of the C type of a process id. Linux uses far smaller ones."""


class Id(IntConverter):
    """The number of a stored row."""

    largest = BigIntegerField.MAX_BIGINT

    def to_python(self, value: str) -> int:
        """The number. Raises ValueError when it is too large, which Django treats as no match."""
        number = int(value)
        if number > self.largest:
            raise ValueError(f"{value} is larger than {self.largest}.")
        return number


class Pid(Id):
    """The number of a process."""

    largest = LARGEST_PID
