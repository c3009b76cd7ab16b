"""A lean ASGI handler: Django's, without thread hops, threads and tasks that a request does not need.

Django's own handler takes two thread hops and starts two threads for every request, and two asyncio tasks
(django/core/handlers/asgi.py; https://code.djangoproject.com/ticket/33738 and asgiref's
https://github.com/django/asgiref/pull/563 tell the history). This one runs an asynchronous view in the server's own
task, on the event loop:

- Django's own receivers of request_started and request_finished do their work where it is: connections are tidied in
  the thread that holds them, caches and URLconf in the request's context. Other asynchronous receivers are awaited;
  a synchronous one (an APM) costs one hop, as with Django's handler.
- Synchronous code of a request runs on one warm thread that the request takes at its first need and gives back at its
  end, so persistent connections work (CONN_MAX_AGE), as they do under WSGI.
- The client's leaving cancels the view. Listening for it takes a task, so an asynchronous view is listened for once
  it has run for some hundredths of a second; synchronous views and streams are from their start.
- META, content type and the like are built when somebody asks; a path is resolved without Django's walk through the
  URLconf; an error that no logger wants is not carried to a thread to be logged.
- A body is kept in memory or, where it is large, in a temporary file, which only such a body gets. With the
  option `body_limit`, in bytes, one that is larger is answered with 413 in JSON in the place of the view, so that
  middleware sees the answer, except multipart/form-data, whose fields Django limits itself; a body that ends early
  is then answered with 400.
- With the option `type_parameters` set to False, the parameters of a content type are dropped, but for the boundary of
  a form. Django heeds `charset` in every request, and fails at some.
- A synchronous iterator is streamed piece by piece through the request's thread, where Django collects it first.
- The lifespan protocol is answered; at shutdown the idle threads end and close their connections. A WebSocket is
  refused with 403, where Django raises an error.

Where a function of Django's handler, request or signals is not the one that this was made for, because of another
version or a patch, before or after the start, Django's own handler serves, and `manage.py perfcompare levers` says so.

When not to use it: where URL patterns are changed while the process runs.
"""

from __future__ import annotations

from perfcompare.core.lever import Lever
from perfcompare.levers._versions import ASGIREF, DJANGO, PYTHON

LEVER = Lever(
    label="lean ASGI handler",
    changes="An asynchronous view runs in the server's task, with no thread hop, no thread and no task of its own.",
    costs="The client's leaving is noticed some hundredths of a second later; a synchronous stream is not collected.",
    source="https://github.com/django/asgiref/blob/main/CHANGELOG.txt",
    lines=("# the server loads perfcompare.levers.lean_asgi.application:application instead of the project's asgi.py",),
    tested=(PYTHON, DJANGO, ASGIREF),
    options="perfcompare.levers._handling.options.Options",
    targets={"asgi": "perfcompare.levers.lean_asgi.application:application"},
)
