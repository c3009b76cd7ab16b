"""DRF's and adrf's dispatch without the work whose result is the same for each request.

Changes: which renderer answers to an Accept header is remembered; the Allow and Vary headers of a view class are put
together once; a Response is copied from a prepared one, and a header that was set before is not checked again;
`Request.method` and its like read the wrapped request at once, and `Request.user` looks for a known user, without a
failing attribute lookup first. A rendered response is kept neither by its view nor by its own renderer context, so that
it is gone when it has been sent. An asynchronous adrf view is checked on the event loop when nothing needs a thread: no
throttles, DRF's own permissions that look at the user alone, authenticators that are asynchronous (with an
`authenticate` or `aauthenticate` that is a coroutine) or DRF's TokenAuthentication, whose token is then read by the
asynchronous ORM. Its JSON is rendered there too, so that a handler has nothing left to render.

Costs: `view.response` and `renderer_context["response"]` are gone when the response is rendered. An asynchronous
view's own `initial()` runs on the event loop. What it asks of Django's database is noticed and done again in a thread,
from its start; anything else that waits there blocks the loop. Authentication comes before the negotiation of the
content type, though its error still comes after: a request that gets 406 has cost a query.

Not for views whose handlers are attached to instances after the view was set up (viewsets are recognised).

Source: rest_framework.views.APIView.dispatch; https://github.com/em1208/adrf/blob/main/adrf/views.py
"""

from __future__ import annotations

from typing import Final

from perfcompare.core.lever import Lever, with_app
from perfcompare.levers._versions import ADRF, ADRF_VIEWS, DJANGO, DRF, PYTHON

APP: Final = "perfcompare.levers.lean_drf"


LEVER = Lever(
    label="lean DRF dispatch",
    changes="Negotiation and headers are worked out once per view; adrf checks and renders on the event loop.",
    costs="With adrf, a view's own initial() runs on the event loop and must wait for nothing but Django's database.",
    source="https://github.com/em1208/adrf/blob/main/adrf/views.py",
    lines=('INSTALLED_APPS += ["perfcompare.levers.lean_drf"]',),
    tested=(PYTHON, DJANGO, DRF, ADRF_VIEWS, ADRF),
    settings=with_app(APP),
)
