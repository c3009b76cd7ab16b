"""Numbers in addresses: one that nothing can have leads nowhere, so it is a 404 like every other unknown one."""

from __future__ import annotations

from typing import Final

from django.db.models import BigIntegerField
from django.urls.converters import IntConverter

LARGEST_PID: Final = 2**31 - 1
"""What fits into the C type of a process id; Linux ends far below."""


class Id(IntConverter):
    """The number of a stored row."""

    largest = BigIntegerField.MAX_BIGINT

    def to_python(self, value: str) -> int:
        """The number; ValueError, which Django takes for no match, when it is too large."""
        number = int(value)
        if number > self.largest:
            raise ValueError(f"{value} is larger than {self.largest}.")
        return number


class Pid(Id):
    """The number of a process."""

    largest = LARGEST_PID
