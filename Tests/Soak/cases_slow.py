"""Slow, silent, early and vanished peers: deadlines, pressure and prompt ends on both sides."""

import socket
import threading
import time

import kit
from kit import TERMINAL, eventually, expect, request_body
from suite import case, error_event
from upstream import LAST, STREAM_HEAD, answer, chunk, event, head, says


@case("early", "an upstream's 413 before the body is read", "RFC 9112 9.5: a client should read it")
def _(env):
    for then in ("close", "reset", "stay"):
        data = head(413, "Content-Length: 2", "Connection: close") + b"{}"
        env.begin(says(data, 0.3, then=then), reads_body=False)
        body = request_body("openai-chat", pad="x" * (8 << 20))
        response = env.exchange(env.request(body=body))
        expect(
            response.status == 413 or then == "reset" and response.status == 502,
            f"{then}: {response.status}",
        )
        env.begin(answer(200, b'{"n":1}'))
        expect(env.exchange(env.request()).body == b'{"n":1}', "the next")


@case("early", "a 200 before the body is read does not leave the rest for the next", "RFC 9112 9.3")
def _(env):
    env.begin(says(head(200, "Content-Length: 2") + b"{}", then="stay"), reads_body=False)
    body = request_body("openai-chat", pad="x" * (8 << 20))
    expect(env.exchange(env.request(body=body)).status == 200, "")
    eventually(lambda: env.upstream.ends, "the half-fed connection stays open")


@case(
    "slow",
    "an upstream that takes 4 s to read 20 MB, headers timeout 2 s",
    "DESIGN 6: response headers, from the request's end",
)
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


@case(
    "slow",
    "behind a client that reads nothing, the upstream is not read",
    "issue 3: at most 256 KiB",
)
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


@case(
    "slow",
    "silence in a stream beyond the limit is an error event, then the end",
    "issue 3: 504 or event",
)
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)), then="stay"))
    began = time.monotonic()
    response = env.exchange(env.request())
    expect(1.5 < time.monotonic() - began < 4, f"after {time.monotonic() - began:.1f} s")
    expect(
        error_event("openai-chat", response.body) and response.end != "complete",
        f"{response.body[-100:]!r}",
    )


@case("slow", "a stream with a byte each second is not silent", "issue 3: silence, not length")
def _(env):
    parts = [part for index in range(4) for part in (chunk(event(index)), 1.0)]
    env.begin(says(STREAM_HEAD, *parts, chunk(TERMINAL["openai-chat"]) + LAST))
    expect(env.exchange(env.request()).end == "complete", "")


@case(
    "slow",
    "a head in single bytes over 3 s, headers timeout 2 s: 504",
    "DESIGN 6: until the head",
    "the wait could be for the first byte",
)
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


@case(
    "cancel", "a client gone that has not read 1 MB: the upstream is closed at once", "issue 2, 5"
)
def _(env):
    env.begin(says(STREAM_HEAD, *[chunk(b"data: " + b"x" * 60000 + b"\n\n")] * 400, then="stay"))
    channel = env.connect(receive_buffer=8192)
    channel.send(env.request())
    time.sleep(0.3)
    channel.close()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case(
    "early",
    "a refused client that never stops sending is cut off",
    "issue 3; RFC 9112 9.6: bounded",
)
def _(env):
    channel = env.connect()
    channel.send(
        env.request(body=b"x", authorized=False).replace(
            b"Content-Length: 1", b"Content-Length: 99999999"
        )
    )
    expect(channel.response().status == 401, "")
    end, sent = time.monotonic() + 10, 0
    while channel.send(b"x" * 10_000) and time.monotonic() < end:
        sent += 1
        time.sleep(0.05)
    expect(time.monotonic() < end, "it is read for ever")


@case(
    "early",
    "refused clients that neither read nor leave free their descriptors",
    "issue 3: deadlines",
)
def _(env):
    before = env.gateway.descriptors()
    channels = [env.connect() for _ in range(50)]
    for channel in channels:
        channel.send(env.request(body=b"x" * 100, authorized=False))
    eventually(lambda: env.gateway.descriptors() <= before, "descriptors stay", 8)
    for channel in channels:
        channel.close()


@case("slow", "a provider that accepts no connection: 504 within the connect timeout", "issue 3")
def _(env):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        port = full.getsockname()[1]
        waiting = [socket.socket() for _ in range(4)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(("127.0.0.1", port))
        gateway = kit.Gateway(env.program, kit.settings(port))
        try:
            time.sleep(0.2)
            channel, began = kit.connect(gateway.port), time.monotonic()
            own = b"127.0.0.1:%d" % gateway.port
            channel.send(env.request().replace(env.authority.encode(), own))
            response = channel.response()
            expect(response is not None and response.status in (502, 504), "no 504")
            expect(1.5 < time.monotonic() - began < 4, f"{time.monotonic() - began:.1f} s")
            gone = kit.connect(gateway.port)
            gone.send(env.request().replace(env.authority.encode(), own))
            time.sleep(0.2)
            before = gateway.descriptors()
            gone.close()
            eventually(lambda: gateway.descriptors() <= before - 2, "the attempt goes on", 1.0)
        finally:
            gateway.close()
            for sock in waiting:
                sock.close()
