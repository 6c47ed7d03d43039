"""What happens in each exchange of the soak, drawn from the seed, and the upstream that plays it.

An exchange is known by its number alone: client and upstream draw the same plan from it, so what the
upstream sends is what the client expects, and one exchange can be repeated by itself.
"""

import asyncio
import json
import random
import socket
import struct

from kit import TERMINAL, WIRES
from upstream import chunk

# Upstream behaviours by the answer a client must see.
WHOLE = (
    "stream",
    "stream",
    "stream",
    "json",
    "json-chunked",
    "stream-to-end",
    "json-to-end",
    "interim",
    "drip",
    "length-stream",
)
FAILS = ("refuse", "reset", "close", "torn-head", "garbage", "stall-head")
CUTS = (
    "cut-chunk",
    "cut-event",
    "cut-between",
    "cut-reset",
    "cut-json",
    "cut-length",
    "stall-stream",
    "bad-chunk",
)
EARLY = ("early-413",)
# These leave the kept-alive connection unfit; their requests share a pool of their own, where the race
# between the next request and the close may end in an honest 502.
WILD = ("idle-close", "stray", "stray-late", "idle-reset")
CLIENTS = (
    "keep",
    "keep",
    "keep",
    "fresh",
    "fresh",
    "abort",
    "abort",
    "slow",
    "half-close",
    "pipeline",
)
PIPELINED = 10_000_000  # from here on are the numbers of what is pipelined behind another
PIPELINE_ROOM = 1000


class Plan:
    """One exchange."""

    def __init__(self, seed, number):
        draw = random.Random(f"{seed}/{number}")
        self.number, self.id = number, f"soak-{number:09d}"
        self.client = "pipeline" if number >= PIPELINED else draw.choice(CLIENTS)
        kinds = draw.choices((WHOLE, FAILS, CUTS, EARLY, WILD), (10, 3, 4, 1, 2))[0]
        self.kind = draw.choice(WHOLE if self.client == "pipeline" else kinds)
        self.wire = draw.choice(list(WIRES))
        self.request_bytes = int(1024 * 1024 ** draw.random())
        self.response_bytes = int(1024 * 1024 ** draw.random()) if self.kind != "drip" else 300
        self.abort_at = draw.random()
        self.where = draw.random()
        if number >= PIPELINED and number // PIPELINE_ROOM % 4 == 3:  # one of many small ones
            self.kind, self.request_bytes, self.response_bytes = "json", 100, 100

    @property
    def is_stream(self):
        return (
            self.kind
            in (
                "stream",
                "stream-to-end",
                "interim",
                "drip",
                "length-stream",
                "cut-chunk",
                "cut-event",
                "cut-between",
                "cut-reset",
                "stall-stream",
                "bad-chunk",
            )
            or self.kind in WILD
        )

    @property
    def provider(self):
        pool = "wild" if self.kind in WILD else "dead" if self.kind == "refuse" else "calm"
        return f"{pool}-{WIRES[self.wire][0]}"

    def request(self, authority, token, closes=False):
        """The request as bytes."""
        body = self.body(f"{self.provider}/m-{self.id}")
        target = WIRES[self.wire][2].replace("gem%2Fm", f"{self.provider}%2Fm-{self.id}")
        fields = [
            f"POST {target} HTTP/1.1",
            f"Host: {authority}",
            f"x-api-key: {token}",
            f"X-Soak: {self.number}",
            "Content-Type: application/json",
            *(["Connection: close"] if closes else []),
        ]
        if self.number % 3:
            return "\r\n".join([*fields, f"Content-Length: {len(body)}", "", ""]).encode() + body
        parts = b"".join(chunk(body[at : at + 30_000]) for at in range(0, len(body), 30_000))
        return (
            "\r\n".join([*fields, "Transfer-Encoding: chunked", "", ""]).encode()
            + parts
            + b"0\r\n\r\n"
        )

    def following(self, seed):
        """What a pipelining client sends behind this one."""
        first = PIPELINED + self.number * PIPELINE_ROOM
        count = 400 if self.number % 4 == 3 else 1 + self.number % 4
        return [Plan(seed, first + index) for index in range(count)]

    def body(self, model):
        named = {} if self.wire == "gemini" else {"model": model}
        return json.dumps(
            {"id": self.id, **named, "stream": self.is_stream, "pad": "p" * self.request_bytes}
        ).encode()

    def upstream_body(self):
        """What must arrive at the upstream."""
        return self.body(f"m-{self.id}")

    def events(self):
        """The answer's events, each with the id."""
        size = 4000 if self.response_bytes > 50_000 else 150
        count = max(2, self.response_bytes // size)
        return [
            b'data: {"id":"%s","n":%d,"pad":"%s"}\n\n'
            % (self.id.encode(), index, b"x" * (size - 60))
            for index in range(count)
        ] + [TERMINAL[self.wire]]

    def answer(self):
        """The whole answer's body."""
        if self.is_stream:
            return b"".join(self.events())
        return json.dumps(
            {"id": self.id, "kind": self.kind, "pad": "y" * self.response_bytes}
        ).encode()


def reset(writer):
    """Ends a connection with a RST."""
    sock = writer.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


def head(plan, *fields, status="200 OK"):
    kind = "text/event-stream" if plan.is_stream else "application/json"
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"X-Soak: {plan.number}",
        *fields,
        "",
        "",
    ]
    return "\r\n".join(lines).encode()


class SoakUpstream:
    """Plays the plan that a request names."""

    def __init__(self, seed, failures):
        self.seed, self.failures = seed, failures
        self.writers = set()
        self.seen = {}

    async def start(self):
        self.server = await asyncio.start_server(
            self.serve, "127.0.0.1", 0, limit=4 << 20, backlog=512
        )
        return self.server.sockets[0].getsockname()[1]

    async def stop(self):
        self.server.close()
        for writer in list(self.writers):
            writer.transport.abort()

    async def serve(self, reader, writer):
        self.writers.add(writer)
        try:
            while await self.exchange(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError):
            pass  # the gateway left, as it does when its client does
        finally:
            self.writers.discard(writer)
            writer.close()

    async def exchange(self, reader, writer):
        raw = await reader.readuntil(b"\r\n\r\n")
        fields = dict(line.lower().split(b": ", 1) for line in raw[:-4].split(b"\r\n")[1:])
        plan = Plan(self.seed, int(fields[b"x-soak"]))
        self.seen[plan.number] = self.seen.get(plan.number, 0) + 1
        if plan.kind == "early-413":
            body = plan.answer()
            writer.write(
                head(
                    plan,
                    f"Content-Length: {len(body)}",
                    "Connection: close",
                    status="413 Too Large",
                )
                + body
            )
            await writer.drain()
            await self.swallow(reader)
            return False
        body = await reader.readexactly(int(fields[b"content-length"]))
        if body != plan.upstream_body():
            self.failures.append((plan, "another body at the upstream"))
        return await getattr(self, "play_" + plan.kind.replace("-", "_"))(plan, reader, writer)

    @staticmethod
    async def swallow(reader):
        try:
            while await asyncio.wait_for(reader.read(1 << 16), 2):
                pass
        except TimeoutError:
            pass

    # ---- whole answers

    async def send(self, writer, *parts):
        for part in parts:
            writer.write(part)
            await writer.drain()
        return True

    async def chunked(self, plan, writer, *before):
        parts = plan.events() if plan.is_stream else [plan.answer()]
        data = b"".join(chunk(part) for part in parts) + b"0\r\n\r\n"
        cut = int(len(data) * plan.where)
        return await self.send(
            writer, *before, head(plan, "Transfer-Encoding: chunked") + data[:cut], data[cut:]
        )

    async def play_stream(self, plan, _, writer):
        return await self.chunked(plan, writer)

    play_json_chunked = play_stream

    async def play_interim(self, plan, _, writer):
        return await self.chunked(plan, writer, b"HTTP/1.1 103 Early Hints\r\nX-Soak: 0\r\n\r\n")

    async def play_json(self, plan, _, writer):
        body = plan.answer()
        return await self.send(writer, head(plan, f"Content-Length: {len(body)}") + body)

    play_length_stream = play_json

    async def play_stream_to_end(self, plan, _, writer):
        await self.send(writer, head(plan), plan.answer())
        return False

    play_json_to_end = play_stream_to_end

    async def play_drip(self, plan, _, writer):
        data = (
            head(plan, "Transfer-Encoding: chunked")
            + b"".join(chunk(part) for part in plan.events())
            + b"0\r\n\r\n"
        )
        for at in range(0, len(data), 7):
            writer.write(data[at : at + 7])
            await asyncio.sleep(0)
        await writer.drain()
        return True

    # ---- no answer

    async def play_reset(self, plan, _, writer):
        reset(writer)
        return False

    async def play_close(self, plan, _, writer):
        return False

    async def play_torn_head(self, plan, _, writer):
        data = head(plan, "Content-Length: 100")
        writer.write(data[: max(1, int((len(data) - 1) * plan.where))])
        await writer.drain()
        return False

    async def play_garbage(self, plan, _, writer):
        await self.send(writer, random.Random(plan.number).randbytes(500) + b"\r\n\r\n")
        return False

    async def play_stall_head(self, plan, reader, writer):
        await self.swallow(reader)
        return False

    # ---- cut answers

    async def part(self, plan, writer, data):
        """A part of a chunked answer, which ends for certain before the last event."""
        whole = b"".join(chunk(event) for event in plan.events()[:-1])
        cut = {"event": int(len(whole) * plan.where * 0.9), "none": len(whole)}[data]
        await self.send(writer, head(plan, "Transfer-Encoding: chunked"), whole[:cut])
        await asyncio.sleep(0.01)

    async def play_cut_chunk(self, plan, _, writer):
        await self.part(plan, writer, "event")
        return False

    play_cut_event = play_cut_chunk

    async def play_cut_between(self, plan, _, writer):
        await self.part(plan, writer, "none")
        return False

    async def play_cut_reset(self, plan, _, writer):
        await self.part(plan, writer, "event")
        reset(writer)
        return False

    async def play_bad_chunk(self, plan, _, writer):
        await self.part(plan, writer, "none")
        await self.send(writer, b"zz\r\n")
        return False

    async def play_stall_stream(self, plan, reader, writer):
        await self.part(plan, writer, "none")
        await self.swallow(reader)
        return False

    async def play_cut_length(self, plan, _, writer):
        body = plan.answer()
        await self.send(
            writer,
            head(plan, f"Content-Length: {len(body) + 1}"),
            body[: int(len(body) * plan.where)],
        )
        return False

    async def play_cut_json(self, plan, _, writer):
        body = chunk(plan.answer())
        await self.send(
            writer, head(plan, "Transfer-Encoding: chunked"), body[: int(len(body) * plan.where)]
        )
        return False

    # ---- kept-alive connections that go bad

    async def play_idle_close(self, plan, _, writer):
        await self.chunked(plan, writer)
        await asyncio.sleep(0.02 * plan.where)
        return False

    async def play_idle_reset(self, plan, _, writer):
        await self.chunked(plan, writer)
        await asyncio.sleep(0.1)
        reset(writer)
        return False

    async def play_stray(self, plan, _, writer):
        evil = b"HTTP/1.1 200 OK\r\nX-Soak: 0\r\nContent-Length: 4\r\n\r\nEVIL"
        body = plan.answer()
        return await self.send(writer, head(plan, f"Content-Length: {len(body)}") + body + evil)

    async def play_stray_late(self, plan, reader, writer):
        body = plan.answer()
        await self.send(writer, head(plan, f"Content-Length: {len(body)}") + body)
        await asyncio.sleep(0.02 * plan.where)
        await self.send(writer, b"stray bytes\r\n\r\n")
        await self.swallow(reader)
        return False
