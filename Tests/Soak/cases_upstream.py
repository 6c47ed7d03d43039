"""Upstreams that answer with something else than sound HTTP, or with rare but sound HTTP."""

import time

from kit import KEY, expect
from suite import case, dialect_error
from upstream import JSON_CHUNKED, LAST, answer, chunk, says

OK = b"HTTP/1.1 200 OK\r\n"
TYPE = b"Content-Type: application/json\r\n"

# What cannot be read is a 502 in the dialect: name, the bytes, the rule.
MALFORMED = [
    ("nothing but an end", b"", "issue 3"),
    ("an empty line", b"\r\n\r\n", "RFC 9112 4"),
    ("garbage", b"\x00\xff garbage\r\n\r\n", "RFC 9112 4"),
    ("HTML alone", b"<html></html>\r\n\r\n", "RFC 9112 4"),
    ("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x46", "RFC 9112 4"),
    ("a request", b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "RFC 9112 4"),
    ("HTTP/2.0", b"HTTP/2.0 200 OK\r\n\r\n", "RFC 9112 4"),
    ("HTTP/0.9", b"HTTP/0.9 200 OK\r\n\r\n{}", "RFC 9112 4"),
    ("HTTP/1.2", b"HTTP/1.2 200 OK\r\nContent-Length: 2\r\n\r\n{}", "RFC 9112 4"),
    ("HTTP/2 SETTINGS", b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + b"\0" * 18, "RFC 9112 4"),
    ("ICY", b"ICY 200 OK\r\n\r\n{}", "RFC 9112 4"),
    ("http in small letters", b"http/1.1 200 OK\r\n\r\n{}", "RFC 9112 4"),
    ("status of two digits", b"HTTP/1.1 20 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("status of four digits", b"HTTP/1.1 2000 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("status 000", b"HTTP/1.1 000 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9110 15"),
    ("status 099", b"HTTP/1.1 099 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9110 15"),
    ("status abc", b"HTTP/1.1 abc OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("status 2x0", b"HTTP/1.1 2x0 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("status -200", b"HTTP/1.1 -200 OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("no status", b"HTTP/1.1\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("200OK", b"HTTP/1.1 200OK\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    ("NUL in the reason", b"HTTP/1.1 200 O\0K\r\nContent-Length: 0\r\n\r\n", "RFC 9112 4"),
    (
        "CR in the reason",
        b"HTTP/1.1 200 O\rSet-Cookie: x\r\nContent-Length: 0\r\n\r\n",
        "RFC 9112 2.2",
    ),
    (
        "101 unasked",
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
        "RFC 9110 7.8",
    ),
    ("a cut status line", b"HTTP/1.1 20", "issue 3"),
    ("a cut field", OK + b"Content-Le", "issue 3"),
    ("no empty line", OK + TYPE, "issue 3"),
    ("a field without colon", OK + b"Bad\r\nContent-Length: 2\r\n\r\n{}", "RFC 9112 5"),
    (
        "a space before the colon",
        OK + b"Content-Length : 2\r\n\r\n{}",
        "RFC 9112 5.1 lets a proxy repair it: 502 or repaired",
    ),
    ("a space in a name", OK + b"Bad Name: x\r\nContent-Length: 2\r\n\r\n{}", "RFC 9112 5"),
    ("no name", OK + b": x\r\nContent-Length: 2\r\n\r\n{}", "RFC 9112 5"),
    ("NUL in a value", OK + b"X: a\0b\r\nContent-Length: 2\r\n\r\n{}", "RFC 9110 5.5"),
    ("CR in a value", OK + b"X: a\rSet-Cookie: b\r\nContent-Length: 2\r\n\r\n{}", "RFC 9110 5.5"),
    ("a control in a value", OK + b"X: a\x01b\r\nContent-Length: 2\r\n\r\n{}", "RFC 9110 5.5"),
    (
        "both framings",
        OK + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "RFC 9112 6.3: ought to be an error",
    ),
    (
        "different lengths",
        OK + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}x",
        "RFC 9112 6.3: MUST be 502",
    ),
    ("a length list", OK + b"Content-Length: 2, 3\r\n\r\n{}x", "RFC 9112 6.3: MUST be 502"),
    ("a signed length", OK + b"Content-Length: +2\r\n\r\n{}", "RFC 9112 6.3: MUST be 502"),
    ("a negative length", OK + b"Content-Length: -2\r\n\r\n{}", "RFC 9112 6.3: MUST be 502"),
    ("a length of letters", OK + b"Content-Length: two\r\n\r\n{}", "RFC 9112 6.3: MUST be 502"),
    ("an empty length", OK + b"Content-Length:\r\n\r\n{}", "RFC 9112 6.3: MUST be 502"),
    (
        "a length over 64 bits",
        OK + b"Content-Length: 99999999999999999999999\r\n\r\n{}",
        "RFC 9112 6.3",
    ),
    (
        "an unknown coding",
        OK + b"Transfer-Encoding: gzip\r\n\r\n{}",
        "the client was promised plain bytes",
    ),
    (
        "gzip, chunked",
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "no TE was sent: RFC 9112 7.4",
    ),
    (
        "chunked twice",
        OK
        + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "RFC 9112 6.1",
    ),
    (
        "chunked in HTTP/1.0",
        b"HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        "RFC 9112 6.1: faulty framing",
    ),
    (
        "a head over the limit",
        OK + b"X: " + b"y" * 70_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
        "issue 3: 64 KiB",
    ),
    (
        "20,000 small fields",
        OK + b"X: y\r\n" * 20_000 + b"Content-Length: 2\r\n\r\n{}",
        "issue 3: 64 KiB",
    ),
    ("an endless head", OK + b"X: " + b"y" * 2_000_000, "issue 3: 64 KiB"),
]
for name, data, why in MALFORMED:
    for then in ("close", "stay"):
        if then == "stay" and name.startswith(("nothing", "an empty line", "a cut", "no empty")):
            continue

        @case("upstream", f"{name}, then {then}: 502 in the dialect", why)
        def _(env, data=data, then=then):
            env.begin(says(data, then=then))
            response = env.exchange(env.request("anthropic-messages"))
            expect(response.status == 502, f"{response.status}, expected 502")
            expect(KEY not in dialect_error("anthropic-messages", response), "the key")
            expect(response.end == "complete", response.end)
            env.reached()
            env.begin(answer(200, b'{"next":1}'))
            expect(
                env.exchange(env.request("anthropic-messages")).body == b'{"next":1}',
                "the next exchange",
            )


# What is sound passes: name, the bytes, the status, the body, the connection's fate.
SOUND = [
    ("no reason", b"HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", "go"),
    ("no reason, no blank", b"HTTP/1.1 200\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", "go"),
    (
        "obs-text in the reason",
        b"HTTP/1.1 200 caf\xe9\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
    ("status 299", b"HTTP/1.1 299 X\r\nContent-Length: 2\r\n\r\n{}", 299, b"{}", "go"),
    ("status 599", b"HTTP/1.1 599 X\r\nContent-Length: 2\r\n\r\n{}", 599, b"{}", "go"),
    ("leading zeros in the length", OK + b"Content-Length: 002\r\n\r\n{}", 200, b"{}", "go"),
    ("blanks around the length", OK + b"Content-Length: \t2\t \r\n\r\n{}", 200, b"{}", "go"),
    ("a length in capitals", OK + b"CONTENT-LENGTH: 2\r\n\r\n{}", 200, b"{}", "go"),
    (
        "chunked in capitals",
        OK + b"transfer-encoding: Chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
        200,
        b"{}",
        "go",
    ),
    (
        "extensions",
        OK + b'Transfer-Encoding: chunked\r\n\r\n2;a=b;c="d;e"\r\n{}\r\n0;z\r\n\r\n',
        200,
        b"{}",
        "go",
    ),
    (
        "a chunk size with zeros",
        OK + b"Transfer-Encoding: chunked\r\n\r\n000002\r\n{}\r\n000\r\n\r\n",
        200,
        b"{}",
        "go",
    ),
    (
        "chunks of one byte",
        OK + b"Transfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * 3000 + b"0\r\n\r\n",
        200,
        b"x" * 3000,
        "go",
    ),
    (
        "100 before",
        b"HTTP/1.1 100 Continue\r\n\r\n" + OK + b"Content-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
    (
        "103 with fields before",
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\nContent-Length: 5\r\n\r\n"
        + OK
        + b"Content-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
    (
        "fifty 102s before",
        b"HTTP/1.1 102 Processing\r\n\r\n" * 50 + OK + b"Content-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
    ("204", b"HTTP/1.1 204 No Content\r\n\r\n", 204, b"", "go"),
    (
        "304 with a length",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
        304,
        b"",
        "go",
    ),
    ("204 with a length", b"HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n", 204, b"", "go"),
    ("an empty body", OK + b"Content-Length: 0\r\n\r\n", 200, b"", "go"),
    ("an empty chunked body", OK + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, b"", "go"),
    (
        "HTTP/1.0 with a length",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "close",
    ),
    (
        "HTTP/1.0 kept alive",
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
    ("HTTP/1.0 to the end", b"HTTP/1.0 200 OK\r\n\r\n{}", 200, b"{}", "close"),
    ("HTTP/1.1 to the end", OK + b"\r\n{}", 200, b"{}", "close"),
    (
        "Connection: close",
        OK + b"Connection: close\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "close",
    ),
    (
        "a redirect is not followed",
        b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n",
        302,
        b"",
        "go",
    ),
    ("401 of the provider", b"HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}", 401, b"{}", "go"),
    ("500", b"HTTP/1.1 500 No\r\nContent-Length: 4\r\n\r\nOops", 500, b"Oops", "go"),
    ("obs-text in a value", OK + b"X: \xe9\xff\r\nContent-Length: 2\r\n\r\n{}", 200, b"{}", "go"),
    (
        "a head just under the limit",
        OK + b"X: " + b"y" * 65_000 + b"\r\nContent-Length: 2\r\n\r\n{}",
        200,
        b"{}",
        "go",
    ),
]
for name, data, status, body, fate in SOUND:
    for split in (False, True):
        if split and len(data) > 3000:
            continue

        @case(
            "upstream",
            f"{name}{' in single bytes' if split else ''}: passes",
            "RFC 9112; issue 2: status and body pass",
        )
        def _(env, data=data, status=status, body=body, fate=fate, split=split):
            parts = [bytes([byte]) for byte in data] if split else [data]
            env.begin(says(*parts, then="close" if fate == "close" else None))
            channel = env.connect()
            for _ in range(2):
                response = env.ask(channel, env.request())
                expect(response.status == status, f"{response.status}, expected {status}")
                expect(
                    response.end == "complete" and response.body == body,
                    f"{response.end} {response.body[:50]!r}",
                )
                if status in (204, 304):
                    expect(not response.all("transfer-encoding"), "framing with a 204")
            env.reached(2)


# Bytes behind a whole answer poison the connection: it must not be used again.
POISON = [
    ("bytes behind a length", OK + b"Content-Length: 2\r\n\r\n{}EXTRA"),
    (
        "an answer behind a length",
        OK + b"Content-Length: 2\r\n\r\n{}" + OK + b"Content-Length: 4\r\n\r\nEVIL",
    ),
    (
        "an answer behind the last chunk",
        JSON_CHUNKED + chunk(b"{}") + LAST + OK + b"Content-Length: 4\r\n\r\nEVIL",
    ),
    ("a body behind a 204", b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\n{}"),
    ("a body behind a 304", b"HTTP/1.1 304 X\r\nContent-Length: 4\r\n\r\nEVIL"),
    ("an answer behind a 204", b"HTTP/1.1 204 X\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nEVIL"),
    (
        "an answer behind an empty one",
        OK + b"Content-Length: 0\r\n\r\n" + OK + b"Content-Length: 4\r\n\r\nEVIL",
    ),
    (
        "a 408 behind",
        OK
        + b"Content-Length: 2\r\n\r\n{}HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n",
    ),
]
for name, data in POISON:
    for late in (False, True):

        @case(
            "poison",
            f"{name}{', late' if late else ''}: never taken for the next answer",
            "issue 3; RFC 9112 6.3",
        )
        def _(env, data=data, late=late):
            mark = data.find(b"EVIL") if b"EVIL" in data else -5
            first = data.find(b"HTTP/1.1", 9) if data.find(b"HTTP/1.1", 9) > 0 else mark
            parts = [data[:first], 0.1, data[first:]] if late else [data]
            env.begin(
                lambda channel, request: (
                    says(*parts) if len(env.upstream.requests) == 1 else answer(200, b'{"good":1}')
                )(channel, request)
            )
            client = env.connect()
            response = env.ask(client, env.request())
            expect(
                b"EVIL" not in response.body and b"EXTRA" not in response.body,
                "poison in the first answer",
            )
            if late:
                time.sleep(0.3)
            second = env.ask(client, env.request())
            expect(second.body == b'{"good":1}', f"the second answer: {second.body[:60]!r}")
            expect(env.upstream.connections == 2, "the poisoned connection was used again")
