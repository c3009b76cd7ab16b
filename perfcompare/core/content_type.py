"""Content types as an API that takes JSON reads them: without parameters.

JSON has no parameters (https://www.rfc-editor.org/rfc/rfc8259#section-11), but Django heeds those of every request. It
raises an error for an encoded one whose charset nobody knows (`charset*=x''y`), and under WSGI it decodes the query
string by the charset, with an error for one that is none of text (`charset=hex`). Both are answered with 500.
"""

from __future__ import annotations

import re
from typing import Final

_BOUNDARY: Final = re.compile(r";[ \t]*boundary=[^;]*", re.IGNORECASE)


def without_parameters(value: str) -> str:
    """The media type of a header's value; that of a form keeps its boundary, without which it cannot be read."""
    kind, separator, parameters = value.partition(";")
    if separator and kind.strip().lower().startswith("multipart/"):
        found = _BOUNDARY.search(separator + parameters)
        return kind + found[0] if found else kind
    return kind
