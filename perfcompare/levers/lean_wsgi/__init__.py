"""A lean WSGI handler: Django's, without the work whose result never changes or nobody asks for.

- Django's own receivers of request_started and request_finished do their work where there is something to do: an open
  connection of this thread, a cache or a URLconf of this request. Every other receiver is called as Django calls it.
- The body's stream and the content type are built when somebody asks; a path is resolved without Django's walk through
  the URLconf; an error that no logger wants is not prepared for logging.
- An asynchronous view or middleware runs on one event loop in a thread of the process, where Django starts a thread
  and a loop for each call (https://code.djangoproject.com/ticket/36863): clients and pools that belong to a loop can be
  kept. Its synchronous code still runs in the request's own thread, with that thread's database connection.
- With the option `body_limit`, in bytes, a larger body is answered with 413 in JSON in the place of the view, so that
  middleware sees the answer, except multipart/form-data, whose fields Django limits itself. No more of a refused body
  is read, because no application can limit the wait for it. A chunked body is then read here and handed on with its
  length: Django reads none of it (https://code.djangoproject.com/ticket/35289).
- With the option `type_parameters` set to False, the parameters of a content type are dropped, but for the boundary of
  a form. Django decodes the query string by `charset`, and fails at some.

Where a function of Django's handler, request or signals is not the one that this was made for, because of another
version or a patch, before or after the start, Django's own handler serves, and `manage.py perfcompare levers` says so.

When not to use it: where URL patterns are changed while the process runs; where asynchronous views block (they share
one loop here)."""

from __future__ import annotations

from perfcompare.core.lever import Lever
from perfcompare.levers._versions import DJANGO, PYTHON

LEVER = Lever(
    label="lean WSGI handler",
    changes="A request under WSGI costs what its view asks for; asynchronous views share one event loop.",
    costs="An asynchronous view that blocks holds up the others of its process.",
    source="https://code.djangoproject.com/ticket/36863",
    lines=("# the server loads perfcompare.levers.lean_wsgi.application:application instead of the project's wsgi.py",),
    tested=(PYTHON, DJANGO),
    options="perfcompare.levers._handling.options.Options",
    targets={"wsgi": "perfcompare.levers.lean_wsgi.application:application"},
)
