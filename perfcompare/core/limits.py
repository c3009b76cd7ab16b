"""The numbers of the contract that every stack, service and test shares (docs/contract.md)."""

from __future__ import annotations

from typing import Final

MAX_BODY_BYTES: Final = 1024 * 1024
"""A larger request body is answered with 413."""
MAX_NAME_LENGTH: Final = 150
MAX_EMAIL_LENGTH: Final = 254
MAX_ID: Final = 2**63 - 1
"""The largest bigint; ids outside 1..MAX_ID are 422."""
MAX_LIMIT: Final = 1000
DEFAULT_LIMIT: Final = 100
MAX_OFFSET: Final = 1_000_000_000
MAX_PAGE: Final = 1_000_000
CACHED_PAGE_SIZE: Final = 100
MAX_TAGS: Final = 50
MAX_TAG_LENGTH: Final = 50
MAX_DELAY_MS: Final = 10_000
DEFAULT_DELAY_MS: Final = 50
MAX_PARTS: Final = 10_000
"""The most parts of one stream. Stacks that stream have no more in common than this and the next two."""
DEFAULT_PARTS: Final = 50
DEFAULT_INTERVAL_MS: Final = 20
"""Between two parts of a stream: about the pace at which a language model answers."""

CACHE_SECONDS: Final = 300
DATABASE_TIMEOUT_S: Final = 2
"""Longest wait for a connection to the database, or for one from a pool; then 503."""
CACHE_TIMEOUT_S: Final = 0.5
UPSTREAM_TIMEOUT_S: Final = 2.0
"""Longest wait for the upstream service; then 504."""

MAX_DIGITS: Final = 19
"""A number in a path or a query string has no more digits: MAX_ID has as many."""

# Patterns of JSON Schema, which Python's and pydantic's regular expressions read too.
_CONTROLS: Final = r"\u0000-\u0008\u000e-\u001f\u007f-\u0084\u0086-\u009f"
"""Control characters that are no white space."""
_BLANKS: Final = r"\t-\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
"""Unicode's white space."""
PLAIN_TEXT: Final = rf"^[^{_CONTROLS}]*$"
"""Text without control characters."""
NAME: Final = rf"^[{_BLANKS}]*[^{_BLANKS}{_CONTROLS}](?:[^{_CONTROLS}]{{0,148}}[^{_BLANKS}{_CONTROLS}])?[{_BLANKS}]*$"
"""The same, of 1 to 150 characters after trimming."""
_UNREACHABLE: Final = "|".join(
    "".join(f"[{letter.upper()}{letter}]" for letter in name)
    for name in ("arpa", "invalid", "local", "localhost", "onion", "test")
)
"""Without a flag: regardless of case, `k` would also be the sign of Kelvin, and `s` the long s."""
EMAIL: Final = (
    r"^(?=.{1,64}@)[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*@"
    rf"(?!.*\.(?:{_UNREACHABLE})$)"
    r"(?:(?!..--)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$"
)
"""An e-mail address in ASCII, unquoted, in a domain that mail can reach."""
