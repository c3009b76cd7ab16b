"""What a process has loaded when it starts to serve is left out of the garbage collector's work.

A Django process holds some hundred thousand objects after start-up that live as long as it does, and every full
collection visits all of them. `gc.freeze()` moves them where the collector does not look
(https://docs.python.org/3/library/gc.html#gc.freeze). Each process calls it once, at its first request, when URLconf,
middleware and views are loaded, after a collection. The youngest generation is collected after more allocations than by
default from then on, so that a request's objects are mostly gone by then, and the older ones after fewer collections,
so that the cycles of model instances that know each other cannot pile up there.

A process that serves nothing, such as the master of gunicorn with `preload_app` or a program that uses
`multiprocessing`, has its objects frozen while it forks and not longer: the collector of a child does not write into
pages that both share
(https://instagram-engineering.com/copy-on-write-friendly-python-garbage-collection-ad6ed5233ddf), and the parent frees
its garbage as before. What somebody else has frozen stays frozen.

When not to use it: in a process that replaces much of what it has loaded (a development server that reloads), or that
keeps very much of what it makes while it serves: full collections visit that more often.
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import DJANGO, PYTHON

APP: Final = "perfcompare.levers.frozen_gc"


LEVER = Lever(
    label="frozen garbage collector",
    changes="In a process that serves, the collector does not visit objects of the start-up, and starts less often.",
    costs="Up to some hundred thousand objects of cyclic garbage wait; what is frozen is never collected.",
    source="https://docs.python.org/3/library/gc.html#gc.freeze",
    lines=(f'INSTALLED_APPS += ["{APP}"]',),
    tested=(PYTHON, DJANGO),
    settings=with_app(APP),
)
