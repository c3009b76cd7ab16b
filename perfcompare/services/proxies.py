"""A proxy in front of each of the three services."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from perfcompare.services.proxy import Proxy


@dataclass(frozen=True, kw_only=True)
class Proxies:
    """All three."""

    database: Proxy
    cache: Proxy
    upstream: Proxy

    @property
    def environ(self) -> Mapping[str, str]:
        """The URLs for a server behind them."""
        return {
            "DATABASE_URL": self.database.url,
            "REDIS_URL": self.cache.url,
            "UPSTREAM_URL": f"http://{urlsplit(self.upstream.url).netloc}",
        }


@contextmanager
def proxied(environ: Mapping[str, str]) -> Iterator[Proxies]:
    """Those in front of the services of DATABASE_URL, REDIS_URL and UPSTREAM_URL."""
    with ExitStack() as opened:
        # It forwards bytes that it does not inspect, to whatever a Redis URL names.
        upstream = f"redis://{urlsplit(environ['UPSTREAM_URL']).netloc}"
        yield Proxies(
            database=opened.enter_context(Proxy(environ["DATABASE_URL"])),
            cache=opened.enter_context(Proxy(environ["REDIS_URL"])),
            upstream=opened.enter_context(Proxy(upstream, tcp=True)),
        )
