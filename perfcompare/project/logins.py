"""What a login of perfcompare.toml sends with each request. Nothing is written to the project's database.

As a user, the first of these that the project has: a token (tokens.py), an existing session, a signed session key
(served/sessions.py).
"""

from __future__ import annotations

import importlib
import logging
import os
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

from django.apps import apps
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY, get_user_model
from django.contrib.sessions.middleware import SessionMiddleware
from django.utils import timezone
from django.utils.module_loading import import_string

from perfcompare.core.errors import UsageError
from perfcompare.core.http import NOTHING, merged
from perfcompare.project import tokens
from perfcompare.project.requests import ProjectRequest, RequestFile
from perfcompare.project.served import sessions

_VARIABLE: Final = re.compile(r"\$\{(\w+)\}")
_SESSIONS: Final = 1000
"""So many of the newest sessions are looked through for one of the user."""


@dataclass(frozen=True, kw_only=True)
class Credentials:
    """What is sent as a user, and in words what it is."""

    headers: Mapping[str, str]
    said: str
    session: bool = False
    """Whether it is a session, which pages know, and not a token."""
    signed_session: bool = False
    """Whether it needs PERFCOMPARE_SESSIONS=signed in the project's processes."""


def of_requests(file: RequestFile, requests: Iterable[ProjectRequest]) -> Mapping[str, Mapping[str, str]]:
    """The headers of each login that a request has, by its name; raises as `headers`."""
    return {name: headers(file, name) for name in dict.fromkeys(one.login for one in requests)}


def of_started(file: RequestFile, requests: Iterable[ProjectRequest]) -> Mapping[str, Mapping[str, str]]:
    """The same for what is started here, which is asked as the host of the file; a login may name another one."""
    return {name: merged({"Host": file.host}, own) for name, own in of_requests(file, requests).items()}


def headers(file: RequestFile, login: str) -> Mapping[str, str]:
    """The headers of this login; none without one. Raises UsageError when they cannot be made."""
    if not login:
        return NOTHING
    found = file.logins[login]
    if not found.user:
        return {name: _filled(value, file.environ, login) for name, value in found.headers.items()}
    credentials = of_user(found.user, session=found.session)
    if credentials.signed_session and file.environ.get(sessions.VARIABLE) != sessions.SIGNED:
        raise UsageError(
            f"Login {login!r}: {found.user} has {'' if found.session else 'no token and '}no session. Add to "
            "perfcompare.toml:\n"
            f'[environ]\n{sessions.VARIABLE} = "{sessions.SIGNED}"\nThen the measured processes accept a session '
            "that is signed and not stored. Or give the login `headers`."
        )
    return credentials.headers


def of_user(name: str, *, session: bool = False) -> Credentials:
    """What is sent as this user. Raises UsageError when there is no such user, or no way to be this user."""
    known = user(name)
    of_session = (_stored_session, _signed_session)
    for way in of_session if session else (_token, *of_session):
        if (found := way(known)) is not None:
            return found
    raise UsageError(
        f"There is no way to send requests as {name}: no authenticator of the project takes a token that can be made "
        "here, and it has no sessions. Give the login `headers` in perfcompare.toml, or init a --header."
    )


def _filled(value: str, environ: Mapping[str, str], login: str) -> str:
    def of_variable(found: re.Match[str]) -> str:
        name = found[1]
        if name in os.environ:
            return os.environ[name]
        if name in environ:
            return environ[name]
        raise UsageError(f"Login {login!r} needs the environment variable {name}. Set it: export {name}=…")

    return _VARIABLE.sub(of_variable, value)


def user(name: str) -> Any:
    """The project's user of this name. Raises UsageError when there is none."""
    if not apps.is_installed("django.contrib.auth"):
        raise UsageError("The project has no django.contrib.auth. Give the login `headers` in perfcompare.toml.")
    model: Any = get_user_model()
    try:
        return model._default_manager.get_by_natural_key(name)
    except model.DoesNotExist as error:
        raise UsageError(
            f"There is no user whose {model.USERNAME_FIELD} is {name!r} in the project's database."
        ) from error


def _token(user: Any) -> Credentials | None:
    made = tokens.of(user)
    return made and Credentials(headers=made[0], said=made[1])


def _stored_session(user: Any) -> Credentials | None:
    store = _store()
    model = getattr(store, "get_model_class", None)
    if model is None:  # only sessions in a database can be looked through
        return None
    unexpired = model().objects.filter(expire_date__gt=timezone.now()).order_by("-expire_date")[:_SESSIONS]
    for session in unexpired.iterator():
        with _quiet():
            content = store().decode(session.session_data)
        if content.get(SESSION_KEY) == _key(user) and content.get(HASH_SESSION_KEY) == _hash(user):
            said = "an existing session of the user"
            return Credentials(headers=_cookies(session.session_key), said=said, session=True)
    return None


@contextmanager
def _quiet() -> Iterator[None]:
    """Django warns of each session that it cannot read, such as those from before a change of SECRET_KEY."""
    before = logging.root.manager.disable
    logging.disable(max(before, logging.WARNING))
    try:
        yield
    finally:
        logging.disable(before)


def _signed_session(user: Any) -> Credentials | None:
    if _store() is None:
        return None
    content = {SESSION_KEY: _key(user), BACKEND_SESSION_KEY: _backend(), HASH_SESSION_KEY: _hash(user)}
    return Credentials(
        headers=_cookies(sessions.key(content)),
        said=f"a session key that is signed and stored nowhere; {sessions.VARIABLE}={sessions.SIGNED} makes the "
        "measured processes accept it, after the project's own session engine has looked it up in vain",
        session=True,
        signed_session=True,
    )


def _store() -> Any:
    """The session engine of the project; None when it has no sessions."""
    if not _has_sessions():
        return None
    return importlib.import_module(settings.SESSION_ENGINE).SessionStore


def _has_sessions() -> bool:
    kinds = (import_string(name) for name in settings.MIDDLEWARE)
    return any(isinstance(kind, type) and issubclass(kind, SessionMiddleware) for kind in kinds)


def _key(user: Any) -> str:
    return str(user._meta.pk.value_to_string(user))


def _hash(user: Any) -> str:
    return str(user.get_session_auth_hash()) if hasattr(user, "get_session_auth_hash") else ""


def _backend() -> str:
    """The backend that asks the model for the user, because others may ask another server."""
    from django.contrib.auth.backends import ModelBackend  # needs the app

    own = (name for name in settings.AUTHENTICATION_BACKENDS if issubclass(import_string(name), ModelBackend))
    return next(own, settings.AUTHENTICATION_BACKENDS[0])


def _cookies(session: str) -> Mapping[str, str]:
    """With a CSRF token, which POST needs beside a session."""
    token = secrets.token_hex(16)
    cookies = {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: token}
    written = "; ".join(f"{name}={value}" for name, value in cookies.items())
    return {"Cookie": written, _header(settings.CSRF_HEADER_NAME): token}


def _header(name: str) -> str:
    """As it is sent; settings name it as WSGI does."""
    return name.removeprefix("HTTP_").replace("_", "-").title()
