"""The response on its way: whole and byte-identical, or visibly broken; time, pressure, retries."""
import threading
import time

import kit
from kit import (JSON_CHUNKED, LAST, STREAM_HEAD, TERMINAL, WIRES, answer, chunk, event, eventually, expect, head,
                 request_body, says)
from suite import case, dialect_error, error_event

LENGTH_STREAM = head(200, "Content-Type: text/event-stream", "Content-Length: 5000")
END_STREAM = head(200, "Content-Type: text/event-stream")


def whole(wire):
    return b"".join(event(index) for index in range(50)) + TERMINAL[wire]


for wire in WIRES:
    @case("relay", f"{wire}: a stream is byte-identical, framing and all", "DESIGN 1 and 3.6")
    def _(env, wire=wire):
        framed = b"".join(chunk(event(index)) for index in range(50)) + chunk(TERMINAL[wire]) + LAST
        env.begin(says(STREAM_HEAD + framed[:1000], 0.01, framed[1000:1003], 0.01, framed[1003:]))
        response = env.exchange(env.request(wire))
        expect(response.body == whole(wire) and response.end == "complete", f"{response.end}")
        expect(response.framed == framed, "other framing")

    @case("relay", f"{wire}: a stream in single bytes", "DESIGN 1")
    def _(env, wire=wire):
        framed = b"".join(chunk(event(index)) for index in range(5)) + chunk(TERMINAL[wire]) + LAST
        env.begin(says(*[bytes([byte]) for byte in STREAM_HEAD + framed]))
        response = env.exchange(env.request(wire))
        expect(response.body.endswith(TERMINAL[wire]) and response.end == "complete", f"{response.end}")

    @case("relay", f"{wire}: a stream to the end of the connection is chunked for the client", "RFC 9112 6.3")
    def _(env, wire=wire):
        env.begin(says(END_STREAM + whole(wire), then="close"))
        response = env.exchange(env.request(wire))
        expect(response.body == whole(wire) and response.end == "complete", f"{response.end}")
        expect(response.get("transfer-encoding") == b"chunked", "not chunked")

    for name, start, then in [("chunked", STREAM_HEAD, "close"), ("chunked", STREAM_HEAD, "reset"), ("length", LENGTH_STREAM, "close"),
                              ("length", LENGTH_STREAM, "reset"), ("to the end", END_STREAM, "close"), ("to the end", END_STREAM, "reset"),
                              ("chunked", STREAM_HEAD, "stay"), ("length", LENGTH_STREAM, "stay"), ("to the end", END_STREAM, "stay")]:
        for torn in (b"", b"data: {\"cut"):
            @case("cut", f"{wire}: {name}, {then}, {'mid-event' if torn else 'between events'}", "issue 2, 5; PAINS 16")
            def _(env, wire=wire, start=start, then=then, torn=torn):
                frame = chunk if b"chunked" in start else bytes
                data = frame(event(1)) + (frame(torn + b"x" * 9)[:-4] if torn else b"")
                env.begin(says(start + data, 0.05, then=then))
                response = env.exchange(env.request(wire))
                expect(response.end not in ("complete", "timeout"), f"the end: {response.end}")
                expect(response.body.startswith(event(1)), "the first event is lost")
                expect(error_event(wire, response.body), f"no error event: {response.body[-200:]!r}")

    @case("cut", f"{wire}: a plain answer is cut", "issue 2, 5: no partial answer looks whole")
    def _(env, wire=wire):
        for start in (JSON_CHUNKED + b"ff\r\n{", head(200, "Content-Length: 99") + b"{"):
            for then in ("close", "reset", "stay"):
                env.begin(says(start, 0.02, then=then))
                response = env.exchange(env.request(wire))
                expect(response.status == 200 and response.end not in ("complete", "timeout"), f"{response.end}")
                expect(response.body == b"{", f"{response.body[:100]!r}")

    @case("fault", f"{wire}: silence before the head is a 504", "issue 3")
    def _(env, wire=wire):
        env.begin(says(then="stay"))
        response = env.exchange(env.request(wire))
        expect(response.status == 504, f"{response.status}")
        dialect_error(wire, response)
        eventually(lambda: env.upstream.ends, "the upstream's connection stays")

    @case("fault", f"{wire}: a reset before the head is a 502", "issue 3; never sent twice")
    def _(env, wire=wire):
        for then in ("reset", "close"):
            env.begin(says(then=then))
            response = env.exchange(env.request(wire))
            expect(response.status == 502, f"{response.status}")
            dialect_error(wire, response)
            time.sleep(0.1)
            env.reached(1)


@case("cut", "HTTP/1.0: a cut chunked answer ends with a reset, not an end", "issue 2, 5: an end is how 1.0 says whole")
def _(env):
    for start in (JSON_CHUNKED + b"ff\r\n{", JSON_CHUNKED + chunk(b'{"a":1}')):
        env.begin(says(start, 0.05, then="close"))
        response = env.exchange(env.request(version="1.0"))
        expect(response.end != "complete", f"looks whole: {response.body!r}")


@case("cut", "HTTP/1.0: a cut stream ends with an error event", "issue 2, 5")
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)), 0.05, then="close"))
    response = env.exchange(env.request(version="1.0"))
    expect(error_event("openai-chat", response.body), f"{response.body!r}")


@case("relay", "HTTP/1.0: chunks are undone", "RFC 9112 7.1: MUST NOT send chunks")
def _(env):
    env.begin(says(JSON_CHUNKED + chunk(b'{"a"') + chunk(b":1}") + LAST))
    response = env.exchange(env.request(version="1.0", fields=["Connection: keep-alive"]))
    expect(response.body == b'{"a":1}' and not response.all("transfer-encoding"), f"{response.body!r}")


@case("cut", "a stream that ends in order without its last event", "PAINS 16: missing terminal = error",
      "the bytes are the provider's own and whole by their framing: promise 1 says pass")
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)) + LAST))
    response = env.exchange(env.request())
    expect(error_event("openai-chat", response.body) or response.end != "complete", "looks finished")


@case("cut", "an event of 1 MB is cut: the torn event is not completed", "issue 2, 5")
def _(env):
    env.begin(says(STREAM_HEAD + b"%x\r\ndata: " % (2 << 20) + b"x" * (1 << 20), 0.05, then="close"))
    response = env.exchange(env.request())
    expect(response.end not in ("complete", "timeout") and not response.body.endswith(b"\n\n"), f"{response.end}")


@case("fault", "refused: a 502 in every dialect", "issue 3")
def _(env):

    gateway = kit.Gateway(env.program, kit.settings(1))
    try:
        for wire in WIRES:
            data = env.request(wire).replace(env.authority.encode(), b"127.0.0.1:%d" % gateway.port)
            channel = kit.connect(gateway.port)
            channel.send(data)
            response = channel.response()
            expect(response is not None and response.status == 502, "no 502")
            dialect_error(wire, response)
    finally:
        gateway.close()


@case("retry", "a kept-alive connection that died unused is replaced unnoticed", "issue 3")
def _(env):
    for wait in (0.0, 0.05, 0.5):
        for then in ("close", "reset"):
            env.begin(lambda channel, request, wait=wait, then=then: says(
                head(200, "Content-Length: 2") + b"{}", wait, then=then)(channel, request))
            client = env.connect()
            for _ in range(5):
                expect(env.ask(client, env.request()).status == 200, "noticed")
                time.sleep(wait + 0.05)


@case("retry", "a request that reached the provider is never sent twice", "issue 3")
def _(env):
    for then in ("close", "reset"):
        script = lambda channel, request, then=then: (  # noqa: E731
            answer(200, b"{}") if len(env.upstream.requests) == 1 else says(then=then))(channel, request)
        env.begin(script)
        client = env.connect()
        expect(env.ask(client, env.request()).status == 200, "")
        expect(env.ask(client, env.request()).status == 502, "")
        time.sleep(0.2)
        env.reached(2)


@case("early", "an upstream's 413 before the body is read", "RFC 9112 9.5: a client should read it")
def _(env):
    for then in ("close", "reset", "stay"):
        data = head(413, "Content-Length: 2", "Connection: close") + b"{}"
        env.begin(says(data, 0.3, then=then), reads_body=False)
        body = request_body("openai-chat", pad="x" * (8 << 20))
        response = env.exchange(env.request(body=body))
        expect(response.status == 413 or then == "reset" and response.status == 502, f"{then}: {response.status}")
        env.begin(answer(200, b'{"n":1}'))
        expect(env.exchange(env.request()).body == b'{"n":1}', "the next")


@case("early", "a 200 before the body is read does not leave the rest for the next", "RFC 9112 9.3")
def _(env):
    env.begin(says(head(200, "Content-Length: 2") + b"{}", then="stay"), reads_body=False)
    body = request_body("openai-chat", pad="x" * (8 << 20))
    expect(env.exchange(env.request(body=body)).status == 200, "")
    eventually(lambda: env.upstream.ends, "the half-fed connection stays open")


@case("slow", "an upstream that takes 4 s to read 20 MB, headers timeout 2 s", "DESIGN 6: response headers, from the request's end")
def _(env):
    def script(channel, request):
        left = int(request.get("content-length"))
        while left:
            part = channel.exactly(min(left, 1 << 20))
            if not part:
                return False
            left -= len(part)
            time.sleep(0.2)
        return answer(200, b'{"ok":1}')(channel, request)
    env.begin(script, reads_body=False)
    body = request_body("openai-chat", pad="x" * (20 << 20))
    response = env.exchange(env.request(body=body), seconds=20)
    expect(response.status == 200, f"{response.status} {response.body[:200]}")


@case("slow", "a client that reads slowly is not the upstream's silence", "issue 2, 5; timeout 2 s")
def _(env):
    data = b"".join(chunk(b"data: " + b"x" * 60000 + b"\n\n") for _ in range(200))
    env.begin(says(STREAM_HEAD, data, chunk(TERMINAL["openai-chat"]) + LAST))
    channel = env.connect(receive_buffer=8192)
    channel.send(env.request())
    time.sleep(4)
    response = channel.response()
    expect(response is not None and response.end == "complete", f"{response and response.end}")
    expect(len(response.body) > 200 * 60000, "bytes are missing")


@case("slow", "behind a client that reads nothing, the upstream is not read", "issue 3: at most 256 KiB")
def _(env):
    sent = []

    def script(channel, _):
        channel.sock.settimeout(1.0)
        channel.sock.sendall(STREAM_HEAD)
        try:
            while sum(sent) < 200 << 20:
                sent.append(channel.sock.send(chunk(b"data: " + b"x" * 60000 + b"\n\n")))
        except OSError:
            return False
        return False
    before = env.gateway.resident()
    env.begin(script)
    channel = env.connect(receive_buffer=8192)
    channel.send(env.request())
    time.sleep(2.5)
    expect(sum(sent) < 20 << 20, f"{sum(sent)} bytes were taken")
    grown = env.gateway.resident() - before
    expect(grown < 2 << 20, f"{grown} bytes more are resident")
    channel.close()


@case("slow", "silence in a stream beyond the limit is an error event, then the end", "issue 3: 504 or event")
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)), then="stay"))
    began = time.monotonic()
    response = env.exchange(env.request())
    expect(1.5 < time.monotonic() - began < 4, f"after {time.monotonic() - began:.1f} s")
    expect(error_event("openai-chat", response.body) and response.end != "complete", f"{response.body[-100:]!r}")


@case("slow", "a stream with a byte each second is not silent", "issue 3: silence, not length")
def _(env):
    parts = [part for index in range(4) for part in (chunk(event(index)), 1.0)]
    env.begin(says(STREAM_HEAD, *parts, chunk(TERMINAL["openai-chat"]) + LAST))
    expect(env.exchange(env.request()).end == "complete", "")


@case("slow", "a head in single bytes over 3 s, headers timeout 2 s: 504", "DESIGN 6: until the head", "the wait could be for the first byte")
def _(env):
    parts = [part for byte in head(200, "Content-Length: 2")[:60] for part in (bytes([byte]), 0.06)]
    env.begin(says(*parts, b"\r\n\r\n{}"))
    expect(env.exchange(env.request()).status == 504, "")


@case("slow", "endless 1xx are bounded by the headers timeout", "issue 3")
def _(env):
    parts = [part for _ in range(40) for part in (b"HTTP/1.1 102 Processing\r\n\r\n", 0.1)]
    env.begin(says(*parts, then="stay"))
    expect(env.exchange(env.request()).status == 504, "")


@case("cancel", "a client gone in mid-stream: the upstream is closed at once", "issue 2, 5")
def _(env):
    for leave in ("close", "reset"):
        env.begin(says(STREAM_HEAD + chunk(event(1)), then="stay"))
        channel = env.connect()
        channel.send(env.request())
        channel.until(b"t1")
        getattr(channel, leave)()
        eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case("cancel", "a client gone while the upstream reads 20 MB slowly: closed at once", "issue 2, 5")
def _(env):
    gone = threading.Event()

    def script(channel, _):
        gone.wait(3)
        channel.rest(60)
        return False
    env.begin(script, reads_body=False)
    channel = env.connect()
    channel.send(env.request(body=request_body("openai-chat", pad="x" * (20 << 20))))
    env.reached()
    channel.close()
    time.sleep(0.2)
    gone.set()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 2.0)


@case("cancel", "a client gone that has not read 1 MB: the upstream is closed at once", "issue 2, 5")
def _(env):
    env.begin(says(STREAM_HEAD, *[chunk(b"data: " + b"x" * 60000 + b"\n\n")] * 400, then="stay"))
    channel = env.connect(receive_buffer=8192)
    channel.send(env.request())
    time.sleep(0.3)
    channel.close()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case("relay", "20 MB pass unchanged, plain and chunked", "DESIGN 1")
def _(env):
    body = bytes(range(256)) * (20 << 12)
    for data in (head(200, f"Content-Length: {len(body)}") + body, JSON_CHUNKED + chunk(body) + LAST):
        env.begin(says(data))
        response = env.exchange(env.request())
        expect(response.body == body and response.end == "complete", f"{len(response.body)} {response.end}")
