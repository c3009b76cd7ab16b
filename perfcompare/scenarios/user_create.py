"""Validation and one insert."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from random import Random
from typing import Any

from perfcompare.core import limits
from perfcompare.core.dataset import Dataset
from perfcompare.core.http import ANYTHING, JSON, Expected, Reply, Request
from perfcompare.core.limits import MAX_BODY_BYTES, MAX_EMAIL_LENGTH, MAX_NAME_LENGTH
from perfcompare.core.scenario import Case, Exchange, Scenario, Schema
from perfcompare.scenarios._inputs import error, get, invalid
from perfcompare.scenarios._rows import rows
from perfcompare.scenarios._schemas import SUMMARY
from users.dataset import CREATED_DOMAIN as DOMAIN
from users.dataset import EMAIL_DOMAIN as SEEDED_DOMAIN

NAME = "Grace Hopper"


def post(body: bytes, headers: Mapping[str, str] = JSON, *, chunked: bool = False) -> Request:
    """A POST of `body` to the users."""
    return Request(method="POST", path="users", headers=headers, body=body, chunked=chunked)


def create(fields: Mapping[str, object]) -> Request:
    """A POST of the JSON object `fields`."""
    return post(json.dumps(fields).encode())


def created(name: str, email: str) -> Expected:
    """The answer to a successful creation."""
    return Expected(status=201, json={"id": ANYTHING, "name": name, "email": email})


def traffic(_dataset: Dataset, random: Random) -> Iterator[Exchange]:
    """Users that nobody has made before: the prefix keeps two generators apart."""
    prefix = f"{random.getrandbits(64):016x}"
    for number in count():
        email = f"{prefix}-{number}@{DOMAIN}"
        yield Exchange(request=create({"name": NAME, "email": email}), expected=created(NAME, email))


def cases(dataset: Dataset) -> Sequence[Case]:
    """What is accepted, with new addresses at every call, and everything that must be refused by name."""
    return [*_accepted(f"case-{Random().getrandbits(64):016x}"), *_invalid(dataset), *_unreadable()]


def _accepted(prefix: str) -> Iterator[Case]:
    """`prefix` begins the addresses; a database takes each only once."""
    longest_name = "é" * MAX_NAME_LENGTH
    accepted: dict[str, tuple[dict[str, object], str]] = {
        "a user": ({"name": NAME}, NAME),
        "white space around the name": ({"name": f"  {NAME}\n"}, NAME),
        "the longest name": ({"name": longest_name}, longest_name),
        "markup and quotes stay as they are": ({"name": '<b>"O\'Neil"</b>; --'}, '<b>"O\'Neil"</b>; --'),
        "privileges are ignored": (
            {"name": NAME, "id": 1, "is_staff": True, "is_superuser": True, "is_active": False, "password": "x"},
            NAME,
        ),
    }
    for number, (what, (fields, name)) in enumerate(accepted.items()):
        email = f"{prefix}-{number}@{DOMAIN}"
        yield Case(name=what, request=create({**fields, "email": email}), expected=created(name, email))
    capitals = create({"name": NAME, "email": f"{prefix}-CAPITALS@{DOMAIN.upper()}"})
    yield Case(name="a domain in capitals", request=capitals, expected=created(NAME, f"{prefix}-CAPITALS@{DOMAIN}"))
    email = f"{prefix}-chunked@{DOMAIN}"
    body = json.dumps({"name": NAME, "email": email}).encode()
    yield Case(name="a chunked body", request=post(body, chunked=True), expected=created(NAME, email))
    for charset in ("utf-8", "utf-16"):
        headers = {"content-type": f"application/json; charset={charset}"}
        email = f"{prefix}-{charset}@{DOMAIN}"
        body = json.dumps({"name": NAME, "email": email}).encode()
        yield Case(name=f"the charset {charset}", request=post(body, headers), expected=created(NAME, email))


def _invalid(dataset: Dataset) -> Iterator[Case]:
    email = f"bad@{DOMAIN}"
    names: dict[str, object] = {
        "empty": "", "blank": "  ", "too long": "x" * (MAX_NAME_LENGTH + 1), "null": None, "a number": 5,
        "2**70": 2**70, "true": True, "a list": ["x"], "an object": {}, "NaN": float("nan"),
        "infinite": float("inf"), "with a NUL": "a\0b", "behind U+001F": "\x1fGrace", "with an escape": "a\x1b[m",
    }  # fmt: skip
    for what, value in names.items():
        yield invalid(f"the name is {what}", create({"name": value, "email": email}), "name")
    emails: dict[str, object] = {
        "empty": "", "no address": "nobody", "without domain": "a@", "without user": f"@{DOMAIN}", "null": None,
        "a number": 5, "with a NUL": f"a\0b@{DOMAIN}", "two addresses": f"a@{DOMAIN},b@{DOMAIN}",
        "with a line break": f"a@{DOMAIN}\nBcc: b@{DOMAIN}", "too long": "a" * MAX_EMAIL_LENGTH + f"@{DOMAIN}",
        "taken": rows(dataset).user(1).email, "not ASCII": f"é@{DOMAIN}", "in blanks": f" a@{DOMAIN} ",
        "quoted": f'"a"@{DOMAIN}', "with a name": f"A <a@{DOMAIN}>", "in a reserved domain": "a@b.test",
        "in a reserved domain in capitals": "a@b.TEST", "with the sign of Kelvin, a K": f"\u212a@{DOMAIN}",
        "in a domain with a long s": f"a@\u017f{DOMAIN}",
    }  # fmt: skip
    for what, value in emails.items():
        yield invalid(f"the email is {what}", create({"name": NAME, "email": value}), "email")
    surrogate = f'{{"name": "\\ud800", "email": "{email}"}}'.encode()
    yield invalid("the name is a lone surrogate", post(surrogate), "name")
    yield invalid("no name", create({"email": email}), "name")
    yield invalid("no fields", create({}), "name", "email")
    yield invalid("everything wrong", create({"name": 1, "email": 2}), "name", "email")
    for body in (b"[]", b'"text"', b"null", b"5"):
        yield invalid(f"the body is {body.decode()}", post(body), "body")


def _unreadable() -> Iterator[Case]:
    good = json.dumps({"name": NAME, "email": f"unread@{DOMAIN}"}).encode()
    unreadable = {
        "no body": b"", "cut off": good[:-1], "not JSON": b"name=x", "bad UTF-8": good.replace(b"Grace", b"\xff"),
        "UTF-16": good.decode().encode("utf-16"), "behind a byte order mark": b"\xef\xbb\xbf" + good,
        "two values": good + good, "nested 100,000 deep": b"[" * 100_000, "a byte of junk behind": good + b"x",
    }  # fmt: skip
    for what, body in unreadable.items():
        yield error(f"the body is {what}", post(body), 400)
    for content_type in (
        "*/*",
        "application/*",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
    ):
        yield error(f"the content type is {content_type}", post(good, {"content-type": content_type}), 415)
    yield error("no content type", post(good, {}), 415)
    too_large = good[:-1] + b" " * (MAX_BODY_BYTES + 1 - len(good)) + b"}"
    yield error("one byte too large", post(too_large), 413)
    yield error("one byte too large, chunked", post(too_large, chunked=True), 413)


def aftermath(_request: Request, reply: Reply) -> Sequence[Exchange]:
    """The new user can be read back as it was answered."""
    user = json.loads(reply.body)
    return [Exchange(request=get(f"users/{user['id']}"), expected=Expected(json=user))]


def answer(dataset: Dataset, values: Mapping[str, Any]) -> Expected:
    """The new user: the name trimmed, the domain in lower case. 422 when the address is taken."""
    local, _, domain = values["email"].rpartition("@")
    email = f"{local}@{domain.lower()}"
    seeded = re.fullmatch(rf"user([1-9][0-9]{{0,6}})@{SEEDED_DOMAIN}", email)
    if seeded and int(seeded[1]) <= dataset.count:
        return Expected(status=422, fields=frozenset({"email"}))
    return created(values["name"].strip(), email)


BODY: Schema = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "pattern": limits.NAME},
        "email": {"type": "string", "format": "email", "maxLength": MAX_EMAIL_LENGTH, "pattern": limits.EMAIL},
    },
    "required": ["name", "email"],
}
SCENARIO = Scenario(
    summary="validate and insert one user",
    exercises="parsing and validating a body, one INSERT and its commit",
    route="POST users",
    traffic=traffic,
    cases=cases,
    statements=1,
    writes=True,
    aftermath=aftermath,
    weight=1,
    body=BODY,
    shape=SUMMARY,
    troubles=[503],
    answer=answer,
)
