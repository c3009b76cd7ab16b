"""Inputs that have made programs fail, or that stacks read differently."""

# fmt: off
from __future__ import annotations

from collections.abc import Callable
from typing import Final

from perfcompare.core.limits import MAX_BODY_BYTES, MAX_DIGITS
from tests.contract.fuzzing.wire import PORT
from users.dataset import CREATED_DOMAIN

TEXTS: Final = (
    "", " ", "0", "-1", "null", "true", "NaN", "Infinity", "[]", "{}", "abc", "1,2", "' OR 1=1 --", "<b>", "%", "%25",
    "\0", "a\0b", "\x1f", "\x1fa", "a\x1c", "\x7f", "a\x85", "\x85a", "\x0ba", "\ta\t", "a\nb", "\r\n", "\x9f",
    "\x1b[m",
    "\ufeff", "\ufeffa", "\u200b", "a\u200b", "\u202ea", "\u2028", "\u00a0a", "\u3000", "\u180e", "\ue000",
    "\U0010ffff",
    "é", "e\u0301", "ß", "İ", "ﬁ", "\uff11", "١٢", "²", "①", "👩‍👩‍👧", "\u0000\u0001",
)
_WIDE: Final = {ord("0") + digit: ord("\uff10") + digit for digit in range(10)}
SPELLINGS: Final[tuple[Callable[[int], str], ...]] = (
    lambda n: f"+{n}", lambda n: f"-{n}", lambda n: f" {n}", lambda n: f"{n} ", lambda n: f"{n}.0", lambda n: f"{n}.5",
    lambda n: f"0{n}", lambda n: f"{n}_0", lambda n: f"_{n}", lambda n: f"{n}e0", hex, lambda n: f"{n}\n",
    lambda n: f"\n{n}", lambda n: f"\x1f{n}", lambda n: f"{n}\0", lambda n: f"\ufeff{n}", lambda n: f"\u00a0{n}",
    lambda n: f"{n}L", lambda n: f"--{n}", lambda n: f"{n}/1", lambda n: f"{n};1", lambda n: f"[{n}]",
    lambda n: f'"{n}"', lambda n: f"{n:,}", lambda n: str(n).translate(_WIDE), lambda n: f"{n}" * 40,
    lambda n: str(n).zfill(MAX_DIGITS), lambda n: str(n).zfill(MAX_DIGITS + 1), lambda n: str(n).zfill(2000),
    lambda n: str(n).zfill(5000),
)
"""Ways to write a number, most of which are none in decimal digits."""

ESCAPES: Final = ("%ff", "%c3", "%c0%af", "%ed%a0%80", "%", "%f", "%zz", "%u0041", "%%31", "%f4%90%80%80")
PAIRS: Final = (
    "x=1", "format=xml", "=", "", "=1", "page=abc", "_method=DELETE", "%ff=%ff", "a=b=c", ";", "limit", "?",
)
MANY_PAIRS: Final = (["tags=x"] * 50, ["tags=x"] * 51, ["x=1"] * 990, ["x=1"] * 2000)
ENDS: Final = ("/", "%2f", "%0a", "%00", "%20", "/1", ".json", "//", "/..", ";x", "%ff", "%5c")
"""Of paths."""
PATHS: Final = ("", "nothing-here", "users/", "users/1/posts", "Users", "%75sers", "./simple")

ACCEPTS: Final = (
    "*/*", "application/json", "text/html", "text/plain", "application/xml;q=0.9, */*;q=0.1", "application/*", "",
    "application/json; indent=8", "application/json;q=0", "text/*", "*", "/", "image/png, text/html;level=1", ",,",
    "application/json; charset=utf-16", "application/json; charset*=x''y", "*/*; q*=x''1", "application/json; q=x",
    "a/b/c", "application/vnd.api+json", "é/x", ";q=1", "application/JSON",
)
HOSTS: Final = (
    f"127.0.0.1:{PORT}", f"localhost:{PORT}", "localhost", "LocalHost", "127.0.0.1", "127.0.0.1:1", "localhost:99999",
    "attacker.example", f"attacker.example:{PORT}", "127.0.0.1.attacker.example", "localhost@attacker.example",
    "127.0.0.2", "[::1]", "localhost:", "localhost:x", "localhost, localhost", "localhost/x", "a" * 300, "lócalhost",
)
TYPES: Final = (
    "application/json", "application/json; charset=utf-8", "Application/JSON", "application/json;charset=UTF-16",
    "application/json; charset=latin-1", "application/json;charset=utf-8-sig", "application/json; charset=nonsense",
    "application/json; charset=hex", "application/json; charset=idna", "application/json; charset=utf-7", "*/*",
    "application/json;", "application/json ; a=b", 'application/json; charset="utf-8"', "application/json; charset=",
    "application/json; charset=undefined", "application/json; charset*=x''y", "application/json; a*=utf-8'en'b",
    "application/*", "text/json", "text/plain", "application/vnd.api+json", "application/problem+json", "json", "",
    "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "application",
    "application/jsonx", "application/json, application/json", "application/json,text/plain", "application/ json",
    "é/é", "application/xml", "application/octet-stream", "text/html; charset=utf-8", "application/json\t; x=y",
    "text/plain; charset=utf-16", "text/plain; charset*=x''y", "application/json; charset=punycode", "a;a*0*=x'y'z",
    "application/json; charset*0*=x''y; charset*1=z", "multipart/form-data; boundary*=x''y", "text/plain;charset=rot13",
    "multipart/form-data; boundary=x; charset*=x''y", "application/x-www-form-urlencoded; charset=hex", ";charset*=x''",
)
HEADERS: Final = (
    ("Accept-Language", "de"), ("Accept-Charset", "utf-16"), ("Accept-Encoding", "gzip, br"), ("X-Custom", "é"),
    ("If-None-Match", "*"), ("If-Modified-Since", "Sat, 29 Oct 2044 19:43:31 GMT"), ("Range", "bytes=0-1"),
    ("X-HTTP-Method-Override", "DELETE"), ("X-Forwarded-Host", "attacker.example"), ("X-Forwarded-For", "1.2.3.4"),
    ("X-Forwarded-Proto", "https"), ("Cookie", "sessionid=x; csrftoken=y"), ("Cookie", "sessionid=\xff"),
    ("Cookie", "=;;="), ("Origin", "https://attacker.example"), ("Referer", "https://attacker.example/"),
    ("User-Agent", ""), ("Content-Encoding", "gzip"), ("Cookie", 'a="\\999"'),
    ("Content-Disposition", "attachment; filename*=x''y"),
    ("X-Requested-With", "x"), ("Remote-User", "1"),
    ("Forwarded", "host=attacker.example"), ("Script-Name", "/x"), ("X-Original-URL", "/admin"),
)
CREDENTIALS: Final = (
    "token {0}", "TOKEN {0}", "tOkEn {0}", "Token  {0}", "Token   {0}", "Token {0} ", "Token {0} x", "Token {0},",
    "Token {0}\xa0", "Token\xa0{0}", "Token{0}", "Token:{0}", "Token {0}0", "Bearer {0}", "Basic {0}", "Token",
    "Token ", "", "{0}", "Token é", "Token \xff", 'Token "{0}"', "Token token={0}", "Token %00", "Token ' OR '1'='1",
    f"Token {'a' * 5000}", "Tokens {0}", "Token {0} {0}", "Token {0}, Token {0}", "Token \x85",
)

LOCAL_PARTS: Final = (
    "a.b", "a..b", ".a", "a.", "a+b", "a'b", "a b", '"a"', '"a b"', "é", "\uff41", "Info", "POSTMASTER", "x" * 64,
    "x" * 65,
    "a\0", "a\u200b", "<a", "a@b", "", "\x1fa", "a!#$%&*/=?^_`{|}~-z", "user1", "USER1",
)
DOMAINS: Final = (
    CREATED_DOMAIN, CREATED_DOMAIN.upper(), "seeded.example", "SEEDED.example", "localhost", "a.test", "a.TEST",
    "x.local", "a.invalid", "example", "a.b", "a.b1", "a.bc", "a-.bc", "-a.bc", "a..bc", "a.bc.", "a.onion", "b.arpa",
    "xn--bcher-kva.example", "xn--a.example", "ab--c.example", "bücher.example", "127.0.0.1", "[127.0.0.1]",
    "[IPv6:::1]",
    "a_b.example", "a b.example", "x" * 63 + ".example", "x" * 64 + ".example", ".".join(["x" * 60] * 4) + ".example",
    "ex\u00adample.org", "\uff45xample.org", "a。bc", "a.b\u0301c", "a.c" + "o" * 63, "a.xn--p1ai", "a.example ",
    " a.example", "a.example\n", "a.example>", "a.example\0",
)
AROUND: Final = (
    " {}", "{} ", "<{}>", "A <{}>", '"A" <{}>', "\t{}", "{}\r\n", "\x1f{}", "{}\u00a0", "mailto:{}", "{},a@b.cd",
)
"""What stands around an address."""

_GOOD: Final = b'{"name": "Grace", "email": "a@created.example"}'
BODIES: Final = (
    b"", b" ", b"{}", b"[]", b"null", b"5", b'"x"', b"true", b"NaN", b"-Infinity", b"[" * 50 + b"]" * 50,
    b"[" * 100_000,
    b'{"a":' * 100_000, b"{'name': 'x'}", b'{"name": "a", "name": 5, "email": "x@created.example"}', b"01", b"1.",
    b"+1",
    b'{"name": 1e999, "email": 1}', b'{"name": "a", "name": "b", "email": "x@created.example"}', b"1" * 5000, b".5",
    b'{"name": ' + b"1" * 5000 + b"}", _GOOD + b" " * (MAX_BODY_BYTES - len(_GOOD)), b"{,}", b'{"name":}',
    _GOOD + b" " * (MAX_BODY_BYTES + 1 - len(_GOOD)), b'{"name": "\\ud83d\\ude00", "email": "y@created.example"}',
    b'{"name": "\\u0000", "email": "z"}', b'{"name": "a\x01", "email": "z@created.example"}',
    b'{"name":"\\ud800","email":"\\udfff"}', b'{"name": "a", "email": "b@created.example", "x": "\xed\xa0\x80"}',
)
ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7")
BEFORE: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b" \n\t", b"\x0c", b"\xc2\xa0", b"\0", b"//x\n", b")]}',\n")
AFTER: Final = (b" \r\n", b",", b"x", b"\0", b"{}", b"\x1a", b"\xe2\x80\xa8")
"""What stands before and after a body."""
