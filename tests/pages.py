"""Every page there is, from the resolver, so that no test has a list to forget a new one in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver


def pages(
    resolver: URLResolver | None = None, prefix: str = "", namespace: str = ""
) -> Iterator[tuple[str, str, URLPattern]]:
    """Its address, its name, and its pattern."""
    for one in (resolver or get_resolver()).url_patterns:
        address = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from pages(one, address, f"{one.namespace}:" if one.namespace else namespace)
        else:
            yield address, f"{namespace}{one.name}", one


def filled(address: str, page: URLPattern, values: Mapping[str, Any]) -> str:
    """The address with a value for each of its arguments."""
    for argument in page.pattern.converters:
        address = re.sub(rf"<[a-z]*:?{argument}>", str(values[argument]), address)
    return f"/{address}"
