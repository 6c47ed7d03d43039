#!/usr/bin/env python3
"""Mixes sound exchanges, faulty upstreams and rude clients on one gateway, and checks every answer.

Promises: an answer carries its own request's id; a cut one never looks finished; a whole one is
byte-identical; errors are in the wire's dialect; one record for each request; afterwards the process
lives, its descriptors and memory are back, no secret is in its log, and SIGTERM ends it with 0.
The same --seed plays the same exchanges; --exchange N plays one of them alone.
"""

import argparse
import asyncio
import collections
import logging
import socket
import sys
import time

from kit import KEY, TOKEN, WIRES, Failure, Gateway, Message, expect, parse_head
from soak_plans import CUTS, EARLY, FAILS, WILD, Plan, SoakUpstream, reset
from suite import dialect_error, error_event

MEMORY = 12 << 20  # resident bytes that may remain above the base line: allocators keep some
DESCRIPTORS = 2
WARM_UP = 300  # exchanges before the base line of memory is taken
PARALLEL = 32
MOST = 30_000  # exchanges in one run


def configuration(live, dead):
    """Three providers for each wire: one pool for sound ends, one for unfit ones, one that refuses."""
    providers = {}
    for pool, port in (("calm", live), ("wild", live), ("dead", dead)):
        for wire, (name, base, _, _) in WIRES.items():
            providers[f"{pool}-{name}"] = {
                "baseURL": f"http://127.0.0.1:{port}{base}",
                "wires": [wire],
                "apiKey": KEY,
                "timeouts": {"connect": "1s", "headers": "1s", "silence": "1s"},
            }
    return {
        "listen": {"port": 0},
        "providers": providers,
        "limits": {"idle": "20s"},
        "profiles": {"default": {"heavy": "calm-chat/m"}},
        "log": {"level": "info", "format": "json"},
    }


class Client:
    """One connection to the gateway."""

    def __init__(self, reader, writer):
        self.reader, self.writer = reader, writer
        self.slow = False

    @classmethod
    async def open(cls, port):
        return cls(*await asyncio.open_connection("127.0.0.1", port, limit=4 << 20))

    async def take(self, count):
        """Exactly `count` bytes, slowly if so told."""
        if not self.slow:
            return await self.reader.readexactly(count)
        data = b""
        while len(data) < count:
            try:
                data += await self.reader.readexactly(min(count - len(data), 60_000))
            except asyncio.IncompleteReadError as cut:
                cut.partial = data + cut.partial
                raise
            await asyncio.sleep(0.005)
        return data

    async def response(self):
        message = None
        while message is None or message.status // 100 == 1:
            message = parse_head(await self.reader.readuntil(b"\r\n\r\n"))
        try:
            if message.get("transfer-encoding"):
                await self.chunks(message)
            else:
                message.body = await self.take(int(message.get("content-length")))
        except asyncio.IncompleteReadError as cut:
            message.body += cut.partial
            message.end = "eof"
        except ConnectionError:
            message.end = "reset"
        return message

    async def chunks(self, message: Message):
        while True:
            size = int((await self.frame()).split(b";")[0], 16)
            if size > 0:
                message.body += await self.take(size)
            expect(await self.frame() == b"\r\n", "a chunk without its end")
            if size == 0:
                return

    async def frame(self):
        """A line of the framing."""
        try:
            return await self.reader.readuntil(b"\r\n")
        except asyncio.IncompleteReadError as cut:
            cut.partial = b""  # it is no part of the body
            raise

    def close(self):
        self.writer.close()


def check(plan, message):
    """Whether `message` is an answer that `plan` allows."""
    status = message.status
    own = message.get("x-soak")
    expect(own is None or own == b"%d" % plan.number, f"the answer of {own}")
    for other in message.body.split(b"soak-")[1:]:
        expect(plan.id.encode()[5:].startswith(other[:9]), f"the body of soak-{other[:9]!r}")
        if plan.response_bytes > 20_000:
            break  # the comparison with the whole answer sees the rest
    if plan.kind in FAILS or (plan.kind in WILD and status == 502):
        expect(status == (504 if plan.kind == "stall-head" else 502), f"{status}")
        expect(message.end == "complete", f"the error is {message.end}")
        dialect_error(plan.wire, message)
    elif plan.kind in EARLY:
        expect(status in (413, 502), f"{status}")
        expect(status == 502 or message.body == plan.answer(), "another body")
    elif plan.kind in CUTS:
        check_cut(plan, message)
    else:
        expect(status == 200 and message.end == "complete", f"{status}, {message.end}")
        expect(message.body == plan.answer(), f"{len(message.body)} bytes of {len(plan.answer())}")


def check_cut(plan, message):
    if message.status == 502:  # cut before the first byte of it was passed on
        dialect_error(plan.wire, message)
        return
    expect(message.status == 200, f"{message.status}")
    expect(message.end != "complete", "a cut answer looks finished")
    whole = plan.answer()
    if not plan.is_stream:
        expect(whole.startswith(message.body), "not the beginning of the answer")
        return
    expect(error_event(plan.wire, message.body), f"no error event: {message.body[-150:]!r}")
    blocks = message.body.split(b"\n\n")[:-2]
    expect(
        whole.startswith(b"".join(block + b"\n\n" for block in blocks)),
        "not the beginning of the answer",
    )


class Soak:
    def __init__(self, gateway, options, upstream, failures):
        self.gateway, self.options, self.upstream, self.failures = (
            gateway,
            options,
            upstream,
            failures,
        )
        self.authority = f"127.0.0.1:{gateway.port}"
        self.answered = set()
        self.counts = collections.Counter()
        self.next = 0
        self.until = time.monotonic() + options.seconds
        self.base = None

    def draw(self):
        """The next plan, or None at the end."""
        if time.monotonic() > self.until or self.next >= MOST:
            return None
        self.next += 1
        return Plan(self.options.seed, self.next)

    async def worker(self):
        kept = None
        while (plan := self.draw()) is not None:
            if kept is None:
                kept = await Client.open(self.gateway.port)
            self.counts[plan.client] += 1
            self.counts[plan.kind] += 1
            if not await self.guarded(plan, kept):
                kept.close()
                kept = None
            if plan.number >= WARM_UP and self.base is None:
                self.base = self.gateway.resident()
        if kept:
            kept.close()

    async def guarded(self, plan, client):
        """Plays `plan`; whether the connection can be used again."""
        try:
            return await asyncio.wait_for(self.play(plan, client), 20)
        except Failure as fault:
            self.failures.append((plan, str(fault)))
        except TimeoutError:
            self.failures.append((plan, "no end within 20 s"))
        except (OSError, asyncio.IncompleteReadError) as fault:
            if plan.client not in ("abort", "half-close"):
                self.failures.append((plan, f"no answer: {fault!r}"))
        return False

    async def play(self, plan, client):
        if plan.client in ("keep", "slow"):
            client.slow = plan.client == "slow"
            return await self.ask(plan, client)
        if plan.client == "pipeline":
            return await self.pipeline(plan, client)
        other = await Client.open(self.gateway.port)
        try:
            if plan.client == "abort":
                await self.abort(plan, other)
            elif plan.client == "half-close":
                await self.half_close(plan, other)
            else:
                await self.ask(plan, other, closes=True)
        finally:
            other.close()
        return True

    async def ask(self, plan, client, closes=False):
        client.writer.write(plan.request(self.authority, TOKEN, closes))
        await client.writer.drain()
        message = await client.response()
        self.answered.add(plan.id)
        check(plan, message)
        return message.end == "complete" and message.get("connection") != b"close"

    async def pipeline(self, plan, client):
        plans = [plan, *plan.following(self.options.seed)]
        data = b"".join(one.request(self.authority, TOKEN) for one in plans)
        client.writer.write(data)
        for one in plans:
            message = await client.response()
            self.answered.add(one.id)
            check(one, message)
        return message.end == "complete" and message.get("connection") != b"close"

    async def abort(self, plan, client):
        data = plan.request(self.authority, TOKEN)
        if plan.abort_at < 0.3:  # inside the request
            client.writer.write(data[: int(len(data) * plan.abort_at * 3)])
        else:
            client.writer.write(data)
            if plan.abort_at > 0.5:
                await client.reader.read(int(plan.response_bytes * plan.abort_at))
        if plan.number % 2:
            reset(client.writer)

    async def half_close(self, plan, client):
        """The gateway may take it for an end; what it answers must be right."""
        client.writer.write(plan.request(self.authority, TOKEN))
        client.writer.write_eof()
        if not client.reader.at_eof():
            message = await client.response()
            if message.end == "complete":
                check(plan, message)

    async def run(self):
        if self.options.exchange:
            plan = Plan(self.options.seed, self.options.exchange)
            await self.guarded(plan, await Client.open(self.gateway.port))
            return
        await asyncio.gather(*(self.worker() for _ in range(PARALLEL)))


async def settle(gateway, descriptors):
    """Waits until the descriptors are back, or for as long as idle connections may last."""
    for _ in range(50):
        if gateway.descriptors() <= descriptors + DESCRIPTORS:
            return
        await asyncio.sleep(0.1)


def afterwards(soak, gateway, descriptors):
    """The promises about the process as a whole."""
    if not gateway.alive():
        yield f"the gateway died with {gateway.process.returncode}"
        return
    if gateway.descriptors() > descriptors + DESCRIPTORS:
        yield f"{gateway.descriptors()} descriptors, {descriptors} before"
    if soak.base is not None and gateway.resident() > soak.base + MEMORY:
        yield f"{gateway.resident() >> 10} KiB resident, {soak.base >> 10} after the warm-up"
    for number, count in soak.upstream.seen.items():
        if count > 1:
            yield f"exchange {number} reached the upstream {count} times"
    code = gateway.terminate()
    if code != 0:
        yield f"SIGTERM ended it with {code}"
    log = gateway.log()
    if TOKEN in log or KEY in log:
        yield "a secret is in the log"
    records = collections.Counter(record.get("model", "")[2:] for record in gateway.records())
    for identity in soak.answered:
        if records[identity] != 1:
            yield f"{records[identity]} records of {identity}"
    for identity, count in records.items():
        if identity and count > 1 and identity not in soak.answered:
            yield f"{count} records of {identity}"


async def run(options):
    failures = []
    upstream = SoakUpstream(options.seed, failures)
    live = await upstream.start()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        dead = taken.getsockname()[1]
    gateway = Gateway(options.program, configuration(live, dead))
    try:
        descriptors = gateway.descriptors()
        soak = Soak(gateway, options, upstream, failures)
        await soak.run()
        await upstream.stop()
        await settle(gateway, descriptors)
        resident = gateway.resident() if gateway.alive() else 0
        general = list(afterwards(soak, gateway, descriptors))
    finally:
        gateway.close()
    report(options, soak, failures, general, resident)
    return 1 if failures or general else 0


def report(options, soak, failures, general, resident):
    for plan, problem in failures[:30]:
        print(
            f"FAIL exchange {plan.number}: {plan.wire} {plan.kind}, client {plan.client}: {problem}"
        )
    if len(failures) > 30:
        print(f"... and {len(failures) - 30} more")
    for problem in general[:30]:
        print(f"FAIL {problem}")
    parts = [f"{name} {soak.counts[name]}" for name in sorted(soak.counts)]
    print(", ".join(parts))
    print(
        f"seed {options.seed}: {soak.next} exchanges, {len(soak.answered)} answered, {len(failures)} wrong, "
        f"{len(general)} faults of the process; {resident >> 10} KiB resident, {(soak.base or 0) >> 10} after the warm-up"
    )


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", help="the agentroute to test")
    arguments.add_argument("--seconds", type=float, default=60)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--exchange", type=int, help="play this exchange alone")
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # rude clients are meant
    return asyncio.run(run(arguments.parse_args()))


if __name__ == "__main__":
    sys.exit(main())
