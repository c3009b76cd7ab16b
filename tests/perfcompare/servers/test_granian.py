from __future__ import annotations

import pytest

from perfcompare.core.server import Launch
from perfcompare.servers import granian_asgi


@pytest.mark.parametrize(("sockets", "word"), [(True, "--ws"), (False, "--no-ws")])
def test_websockets_are_spoken_only_where_the_application_holds_some(sockets: bool, word: str) -> None:
    command = granian_asgi.command(Launch(target="app:app", port=8000, sockets=sockets))

    assert [one for one in command if one.endswith("ws")] == [word]
