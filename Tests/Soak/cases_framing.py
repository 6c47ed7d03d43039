"""How requests follow each other on a connection, and what becomes of it; records; cancelling."""

import json
import threading
import time

from kit import TOKEN, eventually, expect, request_body
from suite import case


@case("framing", "a chunked request leaves with a Content-Length", "DESIGN 3.7")
def _(env):
    body = request_body("openai-chat", pad="p" * 5000)
    fields = [
        env.host,
        f"Authorization: Bearer {TOKEN}",
        "transfer-encoding: CHUNKED ",
        "X-A: 1",
        "Trailer: X-T",
    ]
    top = "\r\n".join(["POST /v1/chat/completions HTTP/1.1", *fields, "", ""]).encode()
    parts = [body[at : at + 700] for at in range(0, len(body), 700)]
    framed = b"".join(b'%04X;ext="a;b"\r\n%s\r\n' % (len(part), part) for part in parts)
    trailer = b"0;last\r\nX-T: evil\r\nAuthorization: Bearer evil\r\nHost: evil\r\n\r\n"
    channel = env.connect()
    for _ in range(2):
        expect(env.ask(channel, top + framed + trailer).status == 200, "")
    for request in env.reached(2):
        expect(request.body == body.replace(b"chat/m", b"m"), "another body")
        expect(b"evil" not in request.raw_head, "trailers among the fields")


@case("framing", "a request in single bytes", "RFC 9112: reads fall anywhere")
def _(env):
    channel = env.connect()
    for byte in env.request():
        channel.send(bytes([byte]))
    expect(channel.response().status == 200, "")
    env.reached()


@case("framing", "leading zeros and blanks in Content-Length", "RFC 9110 8.6: 1*DIGIT")
def _(env):
    body = request_body("openai-chat")
    data = env.request().replace(b"Content-Length: ", b"Content-Length: \t000")
    expect(env.exchange(data).status == 200, "")
    expect(
        env.reached()[0].get("content-length") == str(len(body) - 5).encode(),
        "the length at the upstream",
    )


@case("framing", "empty lines before a request are skipped", "RFC 9112 2.2: SHOULD ignore")
def _(env):
    channel = env.connect()
    for _ in range(3):
        expect(env.ask(channel, b"\r\n" + env.request()).status == 200, "")
    env.reached(3)


@case(
    "framing",
    "an empty line after a request is no request",
    "RFC 9112 2.2; issue 2: one record for each exchange",
)
def _(env):
    known = env.mark()
    channel = env.connect()
    expect(env.ask(channel, env.request()).status == 200, "")
    channel.send(b"\r\n")
    time.sleep(0.1)
    channel.close()
    time.sleep(0.2)  # an end is read in a turn of its own
    env.records(known, 1)


@case("framing", "1,000 pipelined requests are answered in order, ten times", "issue 3: pipelining")
def _(env):
    def script(channel, request):
        return channel.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + request.get("x-id"))

    for _ in range(10):
        env.begin(script)
        channel = env.connect()
        data = b"".join(env.request(fields=[f"X-Id: {index:04d}"]) for index in range(1000))
        sender = threading.Thread(target=channel.send, args=(data,))
        sender.start()
        for index in range(1000):
            response = channel.response()
            body = response and response.body
            expect(body == b"%04d" % index, f"the answer {index}: {body}")
        sender.join()
        env.reached(1000)


@case(
    "framing",
    "pipelined requests, a bad one among them",
    "issue 3: 400 and a close; what follows is void",
)
def _(env):
    channel = env.connect()
    channel.send(env.request() + b"BAD\r\n\r\n" + env.request())
    expect(channel.response().status == 200, "the first")
    second = channel.response()
    expect(second is not None and second.status == 400, "the second")
    expect(channel.rest() == b"", "a third")
    env.reached(1)


@case("framing", "pipelined behind Connection: close", "RFC 9112 9.6: no more requests")
def _(env):
    channel = env.connect()
    channel.send(env.request(fields=["Connection: close"]) + env.request())
    expect(channel.response().get("connection") == b"close", "no close")
    expect(channel.closed(), "more, or open")
    env.reached(1)


@case(
    "framing",
    "a client that half-closes behind its request gets the answer",
    "RFC 9112 9.6 allows it; shell tools do it",
    "DESIGN 3 takes an end for a client gone; nginx does as well",
)
def _(env):
    channel = env.connect()
    channel.send(env.request())
    channel.half_close()
    response = channel.response()
    time.sleep(0.2)  # its request is not to reach the next case's upstream
    expect(response is not None and response.status == 200, "no answer")


for version, field, stays in [
    ("1.0", "X: y", False),
    ("1.0", "Connection: keep-alive", True),
    ("1.0", "Connection: close", False),
    ("1.1", "Connection: close", False),
    ("1.1", "Connection: Close", False),
    ("1.1", "Connection: keep-alive, close", False),
    ("1.1", "X: y", True),
]:

    @case(
        "keep-alive",
        f"HTTP/{version} with {field!r}: {'stays' if stays else 'closes'}",
        "RFC 9112 9.3",
    )
    def _(env, version=version, field=field, stays=stays):
        channel = env.connect()
        response = env.ask(channel, env.request(fields=[field], version=version))
        expect(
            response.status == 200 and response.line.startswith(b"HTTP/1.1 "), f"{response.line}"
        )
        if stays:
            if version == "1.0":
                expect(
                    (response.get("connection") or b"").lower() == b"keep-alive", "no keep-alive"
                )
            expect(env.ask(channel, env.request()).status == 200, "")
        else:
            expect(channel.closed(), "left open")
        expect(
            env.reached(2 if stays else 1)[0].line.endswith(b"HTTP/1.1"),
            "the version at the upstream",
        )


@case(
    "keep-alive",
    "HTTP/1.0 without Host is served",
    "RFC 9112 3.2 wants it of 1.1 only",
    "refusing is safe, too",
)
def _(env):
    data = env.request(version="1.0").replace(env.host.encode() + b"\r\n", b"")
    expect(env.exchange(data).status == 200, "")


@case("keep-alive", "the connection to the upstream is used again", "DESIGN 4: pool")
def _(env):
    for _ in range(5):
        expect(env.exchange(env.request()).status == 200, "")
    expect(env.upstream.connections == 1, f"{env.upstream.connections} connections")


@case("records", "one record for each request, on every path", "issue 2")
def _(env):
    known = env.mark()
    env.exchange(env.request())
    env.exchange(env.request(authorized=False))
    env.exchange(b"BAD\r\n\r\n")
    env.exchange(env.request(target="/nothing"))
    env.exchange(env.request(body=b"{"))
    channel = env.connect()
    channel.send(env.request()[:-5])  # a head, and a part of its body
    channel.close()
    env.connect().close()
    time.sleep(0.2)  # an end is read in a turn of its own
    records = env.records(known, 6)
    expect(len({record["id"] for record in records}) == 6, f"{records}")


@case("models", "both shapes", "issue 2")
def _(env):
    data = ["GET /v1/models?x=1 HTTP/1.1", "{HOST}", "{AUTH}"]
    value = json.loads(env.exchange(env.fill("\r\n".join([*data, "", ""]))).body)
    expect(value["object"] == "list" and value["data"][0]["id"] == "agentroute-heavy", f"{value}")
    value = json.loads(
        env.exchange(env.fill("\r\n".join([*data, "anthropic-version: 2023-06-01", "", ""]))).body
    )
    expect(value["data"][0]["type"] == "model" and "has_more" in value, f"{value}")


@case("cancel", "a client gone before the head: the upstream is closed at once", "issue 2, 5")
def _(env):
    for leave in ("close", "reset"):
        env.begin(lambda channel, _: channel.rest(60) and False)
        channel = env.connect()
        channel.send(env.request())
        env.reached()
        getattr(channel, leave)()
        eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case(
    "cancel",
    "a client gone behind a pipelined request: the upstream is closed at once",
    "issue 2, 5",
)
def _(env):
    env.begin(lambda channel, _: channel.rest(60) and False)
    channel = env.connect()
    channel.send(env.request() + env.request())
    env.reached()
    channel.close()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case(
    "cancel", "a client gone behind 300 KB of pipelined requests: closed at once, too", "issue 2, 5"
)
def _(env):
    env.begin(lambda channel, _: channel.rest(60) and False)
    channel = env.connect()
    channel.send(env.request() + env.request(body=request_body("openai-chat", pad="p" * 300_000)))
    env.reached()
    channel.reset()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)
