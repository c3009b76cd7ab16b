"""Django-silk's own settings, wherever it is installed: for settings modules to import with a star."""

from __future__ import annotations

SILKY_AUTHENTICATION = True
SILKY_AUTHORISATION = True  # its default asks for staff
SILKY_MAX_REQUEST_BODY_SIZE = 0
SILKY_MAX_RESPONSE_BODY_SIZE = 0
# Compared with the whole name of a header.
SILKY_SENSITIVE_KEYS = {
    "authorization",
    "proxy-authorization",
    "cookie",
    "set-cookie",
    "x-api-key",
    "api-key",
    "x-auth-token",
    "x-csrftoken",
    "token",
    "password",
    "secret",
}
# It would run inside requests, twice in each, and delete those of profiles: perfcompare.recording forgets instead.
SILKY_MAX_RECORDED_REQUESTS_CHECK_PERCENT = 0
