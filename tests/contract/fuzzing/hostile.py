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
    "a\u0301\u0302\u0303", "\u0301", "🇩🇪", "👍🏽", "\u212a", "\u017f", "\ufdfa", "\ufffd", "\uffff", "\U0001d7cf", "Ⅷ",
    "∞",
    "${7*7}", "{{7*7}}", "../../etc/passwd", "<script>", "__proto__", "\\", "\\u0000", "%00", "%2531", "\u061c",
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
    lambda n: f"0x{n}", lambda n: f"0o{n}", lambda n: f"0b{n}", lambda n: f"{n}E1", lambda n: f"{n}e-0",
    lambda n: f"{n}.",
    lambda n: f".{n}", lambda n: f"{n}j", lambda n: f"\u2212{n}", lambda n: f"{n}\u200b", lambda n: f"{n}\u0301",
    lambda n: f"{n}\x85", lambda n: f"{n}\u2028", lambda n: f"{n}\v", lambda n: f"\t{n}", lambda n: f"{n}\xad",
    lambda n: f"{n}%", lambda n: f"{n}'", lambda n: f"({n})", lambda n: f"{n}+0", lambda n: f"{n}\u066b0",
    lambda n: f"{n}f",
    lambda n: "".join(chr(0x1D7CE + int(one)) for one in str(n)),
    lambda n: "".join(chr(0x660 + int(one)) for one in str(n)),
    lambda n: "".join(chr(0x2080 + int(one)) for one in str(n)), lambda n: f"{n % 10}\u20e3", lambda n: f"{n:e}",
)
"""Ways to write a number, most of which are none in decimal digits."""

ESCAPES: Final = (
    "%00", "%0d%0a", "%C3%A9", "%c3%28", "%e2%82", "%fe%ff", "%2525", "%26", "%3d", "%23", "%3f", "%25%30%30", "%uD800",
    "%+1", "%-1", "%1", "%c1%b1", "%f8%88%80%80%80",
    "%ff", "%c3", "%c0%af", "%ed%a0%80", "%", "%f", "%zz", "%u0041", "%%31", "%f4%90%80%80",
)
PAIRS: Final = (
    "x=1", "format=xml", "=", "", "=1", "page=abc", "_method=DELETE", "%ff=%ff", "a=b=c", ";", "limit", "?",
    "format=api", "callback=x", "token=x", "a[b][c]=1", "__proto__=1", "+=1", "%00=1", "%=", "==", "a%3Db", "#", "x=%",
    "limit%00=5", "lim%69t=5", "limit+=5", "search=%27", "_=1", "fields=password", "x=" + "y" * 2000,
)
MANY_PAIRS: Final = (["skip=1"] * 300, ["tags="] * 3, ["tags=x"] * 50, ["tags=x"] * 51, ["x=1"] * 990, ["x=1"] * 2000)
ENDS: Final = (
    "%2e", "/%2e", "/.", "%252f", "%0d%0aX-A:b", "%3f", "%23", "%c0%af", "?", "??", "%09", "%e2%80%8b", "*", "~", "%85",
    "/", "%2f", "%0a", "%00", "%20", "/1", ".json", "//", "/..", ";x", "%ff", "%5c",
)
"""Of paths."""
PATHS: Final = (
    "%2e%2e/%2e%2e/etc/passwd", "../../health", "..%2fhealth", "/", "//", "users//", "users/%00", "users/%2f1",
    "users/%20",
    "USERS/1", "users/./1", "users/x/../1", "static/../../x", "schema", "admin/", "%", "%zz",
    "simple%",
    "", "nothing-here", "users/", "users/1/posts", "Users", "%75sers", "./simple",
)

ACCEPTS: Final = (
    "*/*", "application/json", "text/html", "text/plain", "application/xml;q=0.9, */*;q=0.1", "application/*", "",
    "application/json; indent=8", "application/json;q=0", "text/*", "*", "/", "image/png, text/html;level=1", ",,",
    "application/json; charset=utf-16", "application/json; charset*=x''y", "*/*; q*=x''1", "application/json; q=x",
    "a/b/c", "application/vnd.api+json", "é/x", ";q=1", "application/JSON",
    "application/json;version=9", "text/html, application/xhtml+xml", "*/*;q=0", "*/json", "application/json;q=1.5",
    'application/json;a="b,c"', "application/x-yaml", "application/cbor", "text/event-stream", "a" * 5000, "a/b," * 500,
    "application/json;q=nan", "application/json; indent=99999999999999999999", "application/json; indent=-1",
)
HOSTS: Final = (
    f"127.0.0.1:{PORT}", f"localhost:{PORT}", "localhost", "LocalHost", "127.0.0.1", "127.0.0.1:1", "localhost:99999",
    "attacker.example", f"attacker.example:{PORT}", "127.0.0.1.attacker.example", "localhost@attacker.example",
    "127.0.0.2", "[::1]", "localhost:", "localhost:x", "localhost, localhost", "localhost/x", "a" * 300, "lócalhost",
    "", ":", f":{PORT}", "localhost.", f"127.0.0.1.:{PORT}", "localhost..", ".localhost", "a.localhost", "localhost:0",
    f"localhost:0{PORT}", "localhost:+80", "localhost:-1", "localhost: 80", "localhost:80:80", "localhost :80",
    "localhost:8 0", "localhost:\xb2", "localhost:" + "8" * 30, "localhost?x", "localhost#x", "localhost\\x",
    "local_host",
    f"user@localhost:{PORT}", "localhost;x", "localhost%00", "%6cocalhost", "http://localhost", "127.1", "0x7f.0.0.1",
    "2130706433", "0177.0.0.1", "127.0.0.01", "127.0.0.1%0a", "[::ffff:127.0.0.1]", "[127.0.0.1]", "[localhost]", "[",
    "0.0.0.0",  # noqa: S104
    "testserver", "*", "localhost\t", "localhost\x85", "localhost\xa0", "lo\xadcalhost", '"localhost"',
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
    "application/json;charset=utf-8;charset=utf-16", "APPLICATION/JSON;CHARSET=UTF-32", "application/json;;",
    "application/json;=",
    'application/json; charset="', 'application/json; charset="\\', "application/json; charset=utf-8\\",
    "application/json;\xa0",
    "application/json; charset='utf-8'", "application/json5", "application/x-ndjson", "application/ld+json",
    "application/+json",
    "application/json-patch+json", "application/merge-patch+json", "application/json/x", "application//json",
    "application/json:x",
    "json/application", "*/json", "application/json*", "application/j\xadson", "application/json; charset=\xff",
    "/json", "/",
    f"multipart/form-data; boundary={'x' * 300}", 'multipart/form-data; boundary=""', "multipart/mixed; boundary=x",
    "a" * 3000,
    "application/json; charset=zlib", "application/json; charset=unicode_escape", "application/json; charset=bz2; a=b",
    "application/json; boundary=x", "application/json ;", " application/json",
    "application/json,",
    "application/json; charset=utf-8, text/plain", "application/json; profile=\"a;b\"", "text/plain; charset=base64",
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
    ("Accept-Encoding", "identity;q=0, *;q=0"), ("Accept-Encoding", ""), ("Accept-Encoding", "zstd, deflate;q=0.5"),
    ("Accept-Encoding", "gzip;q=nan"), ("Accept-Language", "x" * 3000), ("Accept-Language", "de-DE-1996;q=0.5,*;q=x"),
    ("If-Match", "*"), ("If-Match", '"x"'), ("If-None-Match", '"x", W/"y"'), ("If-None-Match", "\xff"),
    ("If-Unmodified-Since", "Thu, 01 Jan 1970 00:00:00 GMT"), ("If-Modified-Since", "x"), ("If-Range", '"x"'),
    ("If-Modified-Since", "Sat, 99 Oct 99999999999 19:43:31 GMT"), ("Range", "bytes=-1"), ("Range", "bytes=5-1,x"),
    ("Range", "items=0-1"), ("Expect", "100-continue"), ("Expect", "100-Continue"), ("TE", "trailers, deflate"),
    ("Trailer", "X-A"), ("Max-Forwards", "0"), ("Via", "1.0 x"), ("Prefer", "return=minimal"), ("Date", "x"),
    ("Content-Encoding", "br, identity"), ("Content-Encoding", "x"), ("Content-Language", "de"), ("Content-MD5", "x"),
    ("Content-Range", "bytes 0-1/2"), ("Content-Location", "/x"), ("Content-Transfer-Encoding", "base64"),
    ("Access-Control-Request-Method", "DELETE"), ("Access-Control-Request-Headers", "authorization"),
    ("Origin", "null"),
    ("X-HTTP-Method", "PUT"), ("X-Method-Override", "PUT"), ("X-CSRFToken", "x"), ("X-Api-Key", "x"),
    ("Host-Name", "x"),
    ("Proxy-Authorization", "Basic x"), ("Proxy", "http://attacker.example"), ("Sec-Fetch-Site", "cross-site"),
    ("X-Forwarded-Port", "x"), ("X-Forwarded-Prefix", "/x"), ("X-Real-IP", "x"), ("X-Rewrite-URL", "/admin"),
    ("X-Sendfile", "/etc/passwd"), ("X-Accel-Redirect", "/x"), ("Connection", "host, authorization"),
    ("Keep-Alive", "x"),
    ("Cookie", "a=b; a=c; $Version=1"), ("Cookie", "messages=x; csrftoken="), ("Cookie", "x" * 5000),
    ("Cookie", "a=" * 300),
    ("X-A", ""), ("X-A", "\t"), ("X-A", "(){ :;}; x"), ("X_A", "b"), ("~", "b"), ("X-" + "A" * 200, "b"),
)
CREDENTIALS: Final = (
    "token {0}", "TOKEN {0}", "tOkEn {0}", "Token  {0}", "Token   {0}", "Token {0} ", "Token {0} x", "Token {0},",
    "Token {0}\xa0", "Token\xa0{0}", "Token{0}", "Token:{0}", "Token {0}0", "Bearer {0}", "Basic {0}", "Token",
    "Token ", "", "{0}", "Token é", "Token \xff", 'Token "{0}"', "Token token={0}", "Token %00", "Token ' OR '1'='1",
    f"Token {'a' * 5000}", "Tokens {0}", "Token {0} {0}", "Token {0}, Token {0}", "Token \x85",
    "Token\t{0}", "Token \t{0}", "Token {0}\t", "Token {0}\x85", "\xa0Token {0}", "Token\x85{0}", "Token {0}\xad",
    "Token\xad {0}",
    "Basic dXNlcjpwYXNz", "Basic !", "Bearer a.b.c", "Bearer", "JWT {0}", "ApiKey {0}", "Negotiate {0}", "OAuth {0}",
    'Digest username="a", realm="b", nonce="c", uri="/", response="d"', "Token=\"{0}\"", "Token {0};", "Token;{0}",
    "token",
    "AWS4-HMAC-SHA256 Credential=a/b, Signature=c", "Token {0:.39}", "Token  ", "To ken {0}", "Token '{0}'",
    "Token {{0}}",
    "Token null", "Token undefined", "Token 0", "Token *", "Token " + "0" * 40, "Token \u00e9{0}", "T\xf6ken {0}",
    "Token %20{0}", "Token {0}/", "Token {0}%00", "Token -", "Bearer Token {0}", "Token Bearer {0}",
)

LOCAL_PARTS: Final = (
    "a.b", "a..b", ".a", "a.", "a+b", "a'b", "a b", '"a"', '"a b"', "é", "\uff41", "Info", "POSTMASTER", "x" * 64,
    "x" * 65,
    "a\0", "a\u200b", "<a", "a@b", "", "\x1fa", "a!#$%&*/=?^_`{|}~-z", "user1", "USER1",
    "👍", "e\u0301", "\u0301", "👩\u200d👧", "ß", "ﬁ", "İ", "\u212a", "\u017f", "a\u2024b", "a\uff0eb", "a\u200db",
    "\u202ea",
    "a\\", "a\\@b", '"a@b"', '"\\""', '""', "a(b)", "(b)a", "a,b", "a;b", "a:b", "a[b]", "-a", "a-", "'", "`", "%61",
    "a%00",
    "=?utf-8?q?a?=", "a\tb", "a\xa0", "a\xad", "a\ufeff", "admin", "root", "\uff20", "a\uff20b", "1", "0x1", "+",
    "null",
)
DOMAINS: Final = (
    CREATED_DOMAIN, CREATED_DOMAIN.upper(), "seeded.example", "SEEDED.example", "localhost", "a.test", "a.TEST",
    "x.local", "a.invalid", "example", "a.b", "a.b1", "a.bc", "a-.bc", "-a.bc", "a..bc", "a.bc.", "a.onion", "b.arpa",
    "xn--bcher-kva.example", "xn--a.example", "ab--c.example", "bücher.example", "127.0.0.1", "[127.0.0.1]",
    "[IPv6:::1]",
    "a_b.example", "a b.example", "x" * 63 + ".example", "x" * 64 + ".example", ".".join(["x" * 60] * 4) + ".example",
    "ex\u00adample.org", "\uff45xample.org", "a。bc", "a.b\u0301c", "a.c" + "o" * 63, "a.xn--p1ai", "a.example ",
    "👍.example", "\u212a.example", "\u017f.example", "ﬁ.example", "ß.example", "İ.example", "e\u0301.example",
    "a\u200d.example",
    "a\uff0eexample", "a\uff61bc", "\u2024example.org", "a.ex\u200bample", "XN--a.example", "Xn--A.example",
    "a.xN--p1ai", "xn--",
    "a.b.c.d.e.f.example", "1.2.3.4", "1.example", "a.1example", "a.123", "a.b-c", "a.-bc", "a.bc-",
    "_dmarc.a.example", "a.LOCAL",
    "a.local.", "a.Localhost", "localhost.localdomain", "a.test.", "test", "a.tests", "a.xlocal", "local.example",
    "arpa", "a.b.ARPA",
    "a.internal", "a.example.com:25", "a.example/", "a.example?x", "a@b.example", "[::1]", "[1.2.3]", "[IPv6:::1",
    "0x7f.1.example",
    "a.bc\u00a0", "a.bc\u3000", "a.bc\x85", "a\\.bc", "%61.bc", "a,b.cd", "a.bc;x", "a--b.example", "a---b.example",
    "ab--.example",
    "*.example", "a.\u0301", "x" * 190 + ".example", ".".join(["a"] * 100) + ".example", "a." + "b" * 62,
    "a." + "b" * 64,
    " a.example", "a.example\n", "a.example>", "a.example\0",
)
AROUND: Final = (
    " {}", "{} ", "<{}>", "A <{}>", '"A" <{}>', "\t{}", "{}\r\n", "\x1f{}", "{}\u00a0", "mailto:{}", "{},a@b.cd",
    "{}\u200b", "\u200b{}", "{}\u2028", "{}\x85", "\ufeff{}", "{}(a)", "(a){}", "{};", "{}\0", "'{}'", "{}\u0301",
    "{}\u202c", "%20{}",
    "{}\\", "{}\r\nBcc: a@b.cd",
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
    b"nan", b"inf", b"Infinity", b"-NaN", b"+Infinity", b"1e5", b"-0", b"1E400", b"0x10", b"1_000", b"0.0000001",
    b"--1",
    b'{"name": -Infinity, "email": NaN}', b'{"name": nan}', b'{"name": +1}', b'{"name": 01}', b'{"name": 1.}',
    b'{"name": -}',
    b'{"name": "a", "email": NaN, "email": "x@created.example"}', b'{"name": 1e400}', b'{"name": "\\u12"}',
    b'{"name": "\\x41"}',
    b'{"n\\u0061me": "a", "email": "x@created.example"}', b'{"name": "a",}', b'{"name" "a"}', b'{name: "a"}',
    b'{"name": "a"',
    b'{"name": "a"}}', b'{"name": "a"} {"name": "b"}', b'[{"name": "a", "email": "x@created.example"}]', b"undefined",
    b"None",
    b'{"name": undefined}', b'{"name": True}', b'{/**/"name": "a"}', b'{"name": "a" // x\n}', b'"', b'{"',
    b"{\"name\": 'a'}",
    b'{"\\ud800": 1, "name": "a", "email": "x@created.example"}',
    b'{"\\u0000": 1, "name": "a", "email": "x@created.example"}',
    b'{"name": "\\ud83d", "email": "x@created.example"}', b'{"name": "\\ude00\\ud83d", "email": "x@created.example"}',
    b'{"name": "\\uD83D\\uDE00\\uD83D", "email": "x@created.example"}',
    b'{"name": "a\tb", "email": "x@created.example"}',
    b'{"name": "a\\tb", "email": "x@created.example"}', b'{"name": "\x7f", "email": "x@created.example"}',
    b'{"name": "\xc3", "email": "x@created.example"}', b'{"name": "\xff\xfe", "email": "x@created.example"}',
    b'{"name": "\xc0\x80", "email": "x@created.example"}',
    b'{"name": "\xf4\x90\x80\x80", "email": "x@created.example"}',
    b'{"name": "\xf0\x9f\x91\x8d", "email": "\xf0\x9f\x91\x8d@created.example"}', b"name=a&email=x%40created.example",
    b"{" + b",".join(b'"%d": 1' % number for number in range(5000)) + b"}", b'{"name": "' + b"a" * 900_000 + b'"}',
    b"<name>a</name>", b"--x\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\na\r\n--x--\r\n",
    b"\x1f\x8b\x08\0", b"\x80\x04N.",
    *(b'{"name": "a", "email": "x@created.example", "x": %b}' % value for value in (
        b"[" * 20 + b"]" * 20, b'{"a":' * 20 + b"1" + b"}" * 20, b"NaN", b"-Infinity", b"1e999", b'"\\ud800"',
        b'"\\u0000"', b"1" * 400,
        b"-0.0", b"1E-999", b"01", b".5", b"nul", b'"\x01"', b"[1,]", b'{"a": 1, "a": 2}', b'{"": 1}', b"'a'",
    )),
)
DEPTHS: Final = (1, 20, 60, 200, 490, 800, 900, 930, 950, 970, 980, 990, 1000, 1024, 1500, 3000, 10_000, 50_000)
"""Of arrays and objects in each other."""
ENCODINGS: Final = ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-8-sig", "latin-1", "cp037", "utf-7")
BEFORE: Final = (b"\xef\xbb\xbf", b"\xff\xfe", b" \n\t", b"\x0c", b"\xc2\xa0", b"\0", b"//x\n", b")]}',\n")
AFTER: Final = (b" \r\n", b",", b"x", b"\0", b"{}", b"\x1a", b"\xe2\x80\xa8")
"""What stands before and after a body."""
