"""Answers that break off or never come: visibly so, in the dialect, and never sent for twice."""

import time

import kit
from kit import TERMINAL, WIRES, eventually, expect
from suite import case, dialect_error, error_event
from upstream import JSON_CHUNKED, LAST, STREAM_HEAD, answer, chunk, event, head, says

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
        expect(
            response.body.endswith(TERMINAL[wire]) and response.end == "complete", f"{response.end}"
        )

    @case(
        "relay",
        f"{wire}: a stream to the end of the connection is chunked for the client",
        "RFC 9112 6.3",
    )
    def _(env, wire=wire):
        env.begin(says(END_STREAM + whole(wire), then="close"))
        response = env.exchange(env.request(wire))
        expect(response.body == whole(wire) and response.end == "complete", f"{response.end}")
        expect(response.get("transfer-encoding") == b"chunked", "not chunked")

    for name, start, then in [
        ("chunked", STREAM_HEAD, "close"),
        ("chunked", STREAM_HEAD, "reset"),
        ("length", LENGTH_STREAM, "close"),
        ("length", LENGTH_STREAM, "reset"),
        ("to the end", END_STREAM, "close"),
        ("to the end", END_STREAM, "reset"),
        ("chunked", STREAM_HEAD, "stay"),
        ("length", LENGTH_STREAM, "stay"),
        ("to the end", END_STREAM, "stay"),
    ]:
        for torn in (b"", b'data: {"cut'):

            @case(
                "cut",
                f"{wire}: {name}, {then}, {'mid-event' if torn else 'between events'}",
                "issue 2, 5; PAINS 16",
            )
            def _(env, wire=wire, start=start, then=then, torn=torn):
                frame = chunk if b"chunked" in start else bytes
                data = frame(event(1)) + (frame(torn + b"x" * 9)[:-4] if torn else b"")
                env.begin(says(start + data, 0.05, then=then))
                response = env.exchange(env.request(wire))
                expect(response.end not in ("complete", "timeout"), f"the end: {response.end}")
                expect(response.body.startswith(event(1)), "the first event is lost")
                expect(
                    error_event(wire, response.body), f"no error event: {response.body[-200:]!r}"
                )

    @case("cut", f"{wire}: a plain answer is cut", "issue 2, 5: no partial answer looks whole")
    def _(env, wire=wire):
        for start in (JSON_CHUNKED + b"ff\r\n{", head(200, "Content-Length: 99") + b"{"):
            for then in ("close", "reset", "stay"):
                env.begin(says(start, 0.02, then=then))
                response = env.exchange(env.request(wire))
                expect(
                    response.status == 200 and response.end not in ("complete", "timeout"),
                    f"{response.end}",
                )
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


@case(
    "cut",
    "HTTP/1.0: a cut chunked answer ends with a reset, not an end",
    "issue 2, 5: an end is how 1.0 says whole",
)
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


@case(
    "cut",
    "a stream that ends in order without its last event",
    "PAINS 16: missing terminal = error",
    "the bytes are the provider's own and whole by their framing: promise 1 says pass",
)
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)) + LAST))
    response = env.exchange(env.request())
    expect(
        error_event("openai-chat", response.body) or response.end != "complete", "looks finished"
    )


@case("cut", "an event of 1 MB is cut: the torn event is not completed", "issue 2, 5")
def _(env):
    env.begin(
        says(STREAM_HEAD + b"%x\r\ndata: " % (2 << 20) + b"x" * (1 << 20), 0.05, then="close")
    )
    response = env.exchange(env.request())
    expect(
        response.end not in ("complete", "timeout") and not response.body.endswith(b"\n\n"),
        f"{response.end}",
    )


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
            env.begin(
                lambda channel, request, wait=wait, then=then: says(
                    head(200, "Content-Length: 2") + b"{}", wait, then=then
                )(channel, request)
            )
            client = env.connect()
            for _ in range(5):
                expect(env.ask(client, env.request()).status == 200, "noticed")
                time.sleep(wait + 0.05)


@case("retry", "a request that reached the provider is never sent twice", "issue 3")
def _(env):
    for then in ("close", "reset"):
        script = lambda channel, request, then=then: (  # noqa: E731
            answer(200, b"{}") if len(env.upstream.requests) == 1 else says(then=then)
        )(channel, request)
        env.begin(script)
        client = env.connect()
        expect(env.ask(client, env.request()).status == 200, "")
        expect(env.ask(client, env.request()).status == 502, "")
        time.sleep(0.2)
        env.reached(2)


for line_end in ("\r\n", "\r", "\n"):

    @case(
        "cut",
        f"behind lines that end in {line_end!r} the error event stands alone",
        "WHATWG HTML 9.2.6",
    )
    def _(env, line_end=line_end):
        first = event(1).decode().replace("\n", line_end).encode()
        env.begin(says(STREAM_HEAD + chunk(first) + b"20\r\ndata: to", 0.05, then="close"))
        response = env.exchange(env.request())
        expect(response.body.startswith(first) and response.end != "complete", f"{response.body!r}")
        expect(
            error_event("openai-chat", response.body[len(first) :]),
            f"{response.body[len(first) :]!r}",
        )


for content in (
    "text/event-stream; charset=utf-8",
    "TEXT/EVENT-STREAM",
    "text/event-stream;charset=UTF-8",
):

    @case("cut", f"{content!r} is a stream", "RFC 9110 8.3.1")
    def _(env, content=content):
        env.begin(
            says(
                STREAM_HEAD.replace(b"text/event-stream", content.encode()) + chunk(event(1)),
                0.05,
                then="close",
            )
        )
        expect(error_event("openai-chat", env.exchange(env.request()).body), "no error event")


for name, start in [
    ("chunked", STREAM_HEAD),
    ("length", LENGTH_STREAM),
    ("to the end", END_STREAM),
]:

    @case("cut", f"{name}: a stream cut behind its head", "issue 2, 5")
    def _(env, start=start):
        for then in ("close", "reset", "stay"):
            env.begin(says(start, 0.05, then=then))
            response = env.exchange(env.request())
            expect(response.end not in ("complete", "timeout"), f"{then}: {response.end}")
            expect(error_event("openai-chat", response.body), f"{then}: {response.body!r}")


@case("cut", "cut behind the last event but before the last chunk: not complete", "RFC 9112 8")
def _(env):
    for wire in WIRES:
        env.begin(says(STREAM_HEAD + chunk(TERMINAL[wire]), 0.05, then="close"))
        response = env.exchange(env.request(wire))
        expect(
            response.end != "complete" and response.body.startswith(TERMINAL[wire]),
            f"{response.end}",
        )
