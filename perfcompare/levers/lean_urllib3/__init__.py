"""urllib3's plain requests without http.client: one send, one receive, headers taken apart by two splits.

What it changes
    A GET without a body over plain HTTP, on a connection that the pool already holds open, with its content loaded at
    once (urllib3's default): the head is put together once for each set of headers, and an answer that arrives whole,
    with a Content-Length and nothing unusual, is read here. Pools, time limits, retries, redirects and errors are
    urllib3's own.
What it costs
    The response's `_original_response`, which is private, is None.
What stays as it is
    HTTPS, proxies, bodies, the first request of a connection; and each answer that is chunked, compressed, empty,
    interim, closing, longer than one receive, has a header twice (cookies), or is not plain in any other way: what has
    been received is handed to http.client, which goes on from there.
When not to use it
    With subclasses of urllib3's pool or connection: they are left alone, so there is no gain.
Source
    https://github.com/urllib3/urllib3/blob/main/src/urllib3/connectionpool.py; http.client parses headers with the
    parser for e-mail (https://github.com/python/cpython/blob/3.11/Lib/http/client.py).
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, with_app

APP: Final = "perfcompare.levers.lean_urllib3.apps.LeanUrllib3Config"


LEVER = Lever(
    label="lean urllib3",
    changes="Plain GET requests of urllib3 are sent and read without http.client and its parser for e-mail headers.",
    costs="The private _original_response of such a response is None.",
    source="https://github.com/urllib3/urllib3/blob/main/src/urllib3/connectionpool.py",
    lines=(f'INSTALLED_APPS += ["{APP}"]',),
    settings=with_app(APP),
    packages=("urllib3",),
)
