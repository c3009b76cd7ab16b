"""Middleware that changes one field of one answer, so that something can be found."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .plan import plan


class Altering:
    """Changes the last field of the answer to the path `altered` of the plan; writes into the file `altered` which."""

    def __init__(self, get_response: Callable[[Any], Any]) -> None:
        self._get_response = get_response

    def __call__(self, request: Any) -> Any:
        """The project's answer, one field of which is another."""
        response = self._get_response(request)
        if request.get_full_path() == plan().altered and "json" in response.get("Content-Type", ""):
            body = json.loads(response.content)
            if isinstance(body, dict | list) and body:
                Path("altered").write_text(alter(body))
                response.content = json.dumps(body).encode()
                response["Content-Length"] = str(len(response.content))
        return response


def alter(body: Any) -> str:
    """Where the last leaf is, now with another value: `$.results[3].name`."""
    place = "$"
    while True:
        key: Any = list(body)[-1] if isinstance(body, dict) else len(body) - 1
        place += f".{key}" if isinstance(body, dict) else f"[{key}]"
        inner = body[key]
        if not (isinstance(inner, dict | list) and inner):
            body[key] = f"not {inner}"
            return place
        body = inner
