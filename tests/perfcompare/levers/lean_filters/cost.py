"""What a FilterSet costs where nothing is filtered: `python -m tests.perfcompare.levers.lean_filters.cost`.

Prints processor milliseconds of one request's FilterSet of 15 filters as stock and with the lever, in turns.
"""

from __future__ import annotations

import os
import sys
import time
from statistics import median
from typing import Final

import django

ROUNDS: Final = 15
STOCK, LEVER = 40, 400
"""FilterSets of a turn, so that turns of both take about as long."""


def main() -> None:
    """Measure and print."""
    os.environ.update(DJANGO_SETTINGS_MODULE="config.settings.test", DATABASE_URL="sqlite://:memory:")
    django.setup()
    from django.http import QueryDict
    from django_filters import rest_framework as drf

    from perfcompare.levers.lean_filters.install import INSTALLATION
    from tests.perfcompare.levers.installed import installed
    from users.models import Post

    class Posts(drf.FilterSet):
        """The filters that an API declares for such a model."""

        class Meta:
            model = Post
            fields = {
                "id": ["exact", "gt", "lt"],
                "title": ["exact", "icontains", "startswith"],
                "body": ["icontains", "startswith", "isnull"],
                "created_at": ["exact", "gt", "lt"],
                "author": ["exact"],
                "author__name": ["exact", "icontains"],
            }

    assert len(Posts.base_filters) == 15

    def cost(times: int) -> float:
        began = time.process_time()
        for _ in range(times):
            filters = Posts(QueryDict(""), Post.objects.all())
            assert filters.is_valid()
            assert filters.qs is not None
        return (time.process_time() - began) * 1000 / times

    stock, lever = [], []
    for _ in range(ROUNDS):
        stock.append(cost(STOCK))
        with installed(INSTALLATION):
            cost(5)  # after installing, classes are looked at again
            lever.append(cost(LEVER))
    sys.stdout.write(f"stock {median(stock):.2f} ms, with lean_filters {median(lever):.3f} ms of CPU\n")


if __name__ == "__main__":
    main()
