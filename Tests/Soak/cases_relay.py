"""The response on its way, whole and byte-identical however it is framed and cut into reads."""

import random
import time

from kit import TERMINAL, expect
from suite import case
from upstream import JSON_CHUNKED, LAST, STREAM_HEAD, answer, chunk, event, head, says


@case("relay", "HTTP/1.0: chunks are undone", "RFC 9112 7.1: MUST NOT send chunks")
def _(env):
    env.begin(says(JSON_CHUNKED + chunk(b'{"a"') + chunk(b":1}") + LAST))
    response = env.exchange(env.request(version="1.0", fields=["Connection: keep-alive"]))
    expect(
        response.body == b'{"a":1}' and not response.all("transfer-encoding"), f"{response.body!r}"
    )


@case("relay", "20 MB pass unchanged, plain and chunked", "DESIGN 1")
def _(env):
    body = bytes(range(256)) * (20 << 12)
    for data in (
        head(200, f"Content-Length: {len(body)}") + body,
        JSON_CHUNKED + chunk(body) + LAST,
    ):
        env.begin(says(data))
        response = env.exchange(env.request())
        expect(
            response.body == body and response.end == "complete",
            f"{len(response.body)} {response.end}",
        )


@case("relay", "a compressed answer passes as it is", "DESIGN 1: the body byte for byte")
def _(env):
    body = b"\x1f\x8b\x08\x00" + bytes(range(256))
    env.begin(answer(200, body, "Content-Encoding: gzip"))
    response = env.exchange(env.request(fields=["Accept-Encoding: gzip, br"]))
    expect(response.body == body and response.get("content-encoding") == b"gzip", "changed")
    expect(
        env.reached()[0].all("accept-encoding") in ([b"identity"], []),
        f"{env.reached()[0].all('accept-encoding')}",
    )


@case("relay", "events arrive as they are sent, one by one", "no stalls: issue 3, 2")
def _(env):
    parts = [part for index in range(20) for part in (0.02, chunk(event(index)))]
    env.begin(says(STREAM_HEAD, *parts, chunk(TERMINAL["openai-chat"]) + LAST))
    channel, began = env.connect(), time.monotonic()
    channel.send(env.request())
    for index in range(20):
        expect(channel.until(b'"t%d"' % index) is not None, "an event is missing")
        late = time.monotonic() - began - 0.02 * (index + 1)
        expect(late < 0.3, f"event {index} is {late:.2f} s late")


for number in (1, 2, 3, 5, 7, 11, 13):

    @case(
        "relay",
        f"answers cut into reads of {number} bytes and more, 5 of them pipelined",
        "reads fall anywhere",
    )
    def _(env, number=number):
        body = b'{"pad":"%s"}' % (b"z" * 300)

        def script(channel, request):
            data = JSON_CHUNKED + chunk(body[:100]) + chunk(body[100:]) + LAST
            if len(env.upstream.requests) % 2:
                data = (
                    head(
                        200, f"Content-Length: {len(body)}", "X-Id: " + request.get("x-id").decode()
                    )
                    + body
                )
            return all(channel.send(data[at : at + number]) for at in range(0, len(data), number))

        env.begin(script)
        channel = env.connect()
        channel.send(b"".join(env.request(fields=[f"X-Id: {index}"]) for index in range(5)))
        for index in range(5):
            response = channel.response()
            expect(
                response is not None and response.body == body and response.end == "complete",
                f"answer {index}",
            )
            expect(response.get("x-id") in (None, b"%d" % index), "another's answer")


@case("relay", "300 random framings in random reads are byte-identical", "DESIGN 1 and 3.6")
def _(env):
    draw = random.Random(4)
    client = env.connect()
    for index in range(300):
        streams = draw.random() < 0.6
        pieces = [
            draw.choice(
                (
                    b"data: x\n",
                    b"\n",
                    b'data: {"a":"usage"}\n\n',
                    b"\r\n",
                    b"0\r\n\r\n",
                    b"x" * draw.randrange(3000),
                )
            )
            for _ in range(draw.randrange(1, 40))
        ]
        forms = (
            b"%x\r\n",
            b"%X\r\n",
            b"000%x\r\n",
            b"%x;a=b\r\n",
            b"%07x\r\n",
            b'%x;q="1\\"2"\r\n',
        )
        framed = b"".join(
            draw.choice(forms) % len(piece) + piece + b"\r\n" for piece in pieces if piece
        )
        framed += chunk(TERMINAL["openai-chat"]) + draw.choice(
            (LAST, b"000\r\n\r\n", b"0;a\r\n\r\n")
        )
        data, parts = (STREAM_HEAD if streams else JSON_CHUNKED) + framed, []
        while data:
            cut = draw.choice((1, 2, 3, 10, 100, 2000, 70_000))
            parts += [data[:cut], 0.0005] if draw.random() < 0.2 else [data[:cut]]
            data = data[cut:]
        env.begin(
            says(*parts[:400], b"".join(part for part in parts[400:] if isinstance(part, bytes)))
        )
        response = env.ask(client, env.request())
        whole = b"".join(pieces) + TERMINAL["openai-chat"]
        expect(
            response.end == "complete" and response.body == whole,
            f"{index}: {response.end}, {len(response.body)} of {len(whole)}",
        )
