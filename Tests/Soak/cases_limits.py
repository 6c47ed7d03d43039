"""Limits and deadlines: bounded in bytes, memory, time and number, and back to normal afterwards."""

import os
import resource
import signal
import time

import kit
from kit import TERMINAL, TOKEN, eventually, expect, request_body
from suite import case
from upstream import LAST, STREAM_HEAD, chunk, event, says

MB = 1 << 20


def with_gateway(env, run, **options):
    """Runs `run(gateway)` with a gateway of its own before the lane's upstream, then lets it drain."""
    gateway = kit.Gateway(env.program, kit.settings(env.upstream.port, **options))
    try:
        run(gateway)
        expect(gateway.alive(), "the gateway died")
        expect(gateway.terminate() == 0, "SIGTERM: not 0")
    finally:
        gateway.close()


def on(env, gateway, data):
    """`data`, made for the lane's gateway, for another."""
    return data.replace(env.authority.encode(), b"127.0.0.1:%d" % gateway.port)


for name, field, statuses in [
    ("a head of 60 KB is served", "X: " + "y" * 60_000, {200}),
    ("a head of 65 KB is served", "X: " + "y" * 65_000, {200}),
    ("a head of 66 KB gets 431", "X: " + "y" * 66_000, {431}),
    ("a head of 2 MB gets 431", "X: " + "y" * 2_000_000, {431}),
    ("a name of 70 KB gets 431", "x" * 70_000 + ": y", {431}),
    ("100 fields are served", "\r\n".join(f"X-{i}: y" for i in range(100)), {200}),
    ("300 fields are served or 431", "\r\n".join(f"X-{i}: y" for i in range(300)), {200, 431}),
    ("10,000 fields get 431", "\r\n".join(f"X{i}: y" for i in range(10_000)), {431}),
    ("20,000 empty fields get 431", "\r\n".join(["X:"] * 20_000), {431}),
]:

    @case("limits", name, "issue 3: request line + headers 64 KiB")
    def _(env, field=field, statuses=statuses):
        data = env.request(fields=[field])
        if 200 in statuses:
            expect(env.exchange(data).status in statuses, f"{env.seen[:200]!r}")
        else:
            env.refused(data, statuses)


for name, target, statuses in [
    ("a target of 70 KB gets 414 or 431", "/v1/messages?" + "x" * 70_000, {414, 431}),
    ("a target of 2 MB gets 414 or 431", "/" + "x" * 2 * MB, {414, 431}),
]:

    @case("limits", name, "issue 3: request line + headers 64 KiB")
    def _(env, target=target, statuses=statuses):
        env.refused(env.request(target=target), statuses)


@case("limits", "100 KB of empty lines before a request are not endless", "issue 3: 64 KiB")
def _(env):
    env.refused(b"\r\n" * 50_000 + env.request(), {400, 431})


@case("limits", "a method without end gets 400 or 431", "issue 3")
def _(env):
    env.refused(b"P" * 100_000, {400, 431, 501})


@case("limits", "a declared 65 MiB gets 413 before it is sent", "issue 3: body 64 MiB")
def _(env):
    data = env.request(body=b"x").replace(
        b"Content-Length: 1", b"Content-Length: %d" % (64 * MB + 1)
    )
    env.refused(data, {413})


@case("limits", "64 MiB pass, and their memory comes back", "issue 3: body 64 MiB")
def _(env):
    def run(gateway):
        body = request_body("openai-chat", pad="")
        body = body[:-2] + b"x" * (64 * MB - len(body)) + b'"}'
        for data in (env.request(body=body), None):
            if data is None:
                top = (
                    env.request(body=b"x").split(b"Content-Length")[0]
                    + b"Transfer-Encoding: chunked\r\n\r\n"
                )
                data = (
                    top
                    + b"".join(chunk(body[at : at + 65536]) for at in range(0, len(body), 65536))
                    + LAST
                )
            channel = kit.connect(gateway.port)
            channel.sock.settimeout(20)
            channel.sock.sendall(on(env, gateway, data))
            response = channel.response(seconds=20)
            expect(
                response is not None and response.status == 200, f"{response and response.status}"
            )
            channel.close()
        peak, now = gateway.peak(), gateway.resident()
        expect(peak < 220 * MB, f"the peak is {peak >> 20} MiB")
        expect(now < 40 * MB, f"{now >> 20} MiB afterwards")

    with_gateway(env, run)


@case("limits", "a chunked body of 65 MiB gets 413", "issue 3: body 64 MiB")
def _(env):
    top = env.request(body=b"x").split(b"Content-Length")[0] + b"Transfer-Encoding: chunked\r\n\r\n"
    response = env.exchange(top + chunk(b"x" * MB) * 65, seconds=20)
    expect(response.status == 413, f"{response.status}")
    env.unreached()


@case(
    "limits",
    "100 bodies of 64 MiB, declared and not sent, take no memory",
    "a declared length is only a claim",
)
def _(env):
    before, channels = env.gateway.resident(), []
    for _ in range(100):
        channels.append(env.connect())
        channels[-1].send(
            env.request(body=b"x").replace(b"Content-Length: 1", b"Content-Length: %d" % (64 * MB))
        )
    time.sleep(0.5)
    grown = env.gateway.resident() - before
    for channel in channels:
        channel.close()
    expect(grown < 20 * MB, f"{grown >> 20} MiB")


@case(
    "limits",
    "a chunk extension without end is bounded",
    "as CVE-2024-22019; a size line is not a body",
    "it takes no memory here, only the sender's own time",
)
def _(env):
    top = env.request(body=b"x").split(b"Content-Length")[0] + b"Transfer-Encoding: chunked\r\n\r\n"
    channel = env.connect()
    channel.send(top + b"1;")
    sent = sum(1 for _ in range(64) if channel.send(b"x" * MB))
    expect(sent < 64, "64 MB of an extension were read")


@case(
    "limits",
    "trailers without end are bounded",
    "issue 3: 64 KiB of fields",
    "they take no memory here, only the sender's own time",
)
def _(env):
    top = (
        env.request(body=b"x").split(b"Content-Length")[0]
        + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n"
    )
    channel = env.connect()
    channel.send(top)
    sent = sum(1 for _ in range(64) if channel.send(b"X: y\r\n" * (MB // 6)))
    expect(sent < 64, "64 MB of trailers were read")


@case(
    "limits",
    "a chunk size line of 100 KB of zeros is bounded or read rightly",
    "RFC 9112 7.1: guard against overflow",
)
def _(env):
    top = env.request(body=b"x").split(b"Content-Length")[0] + b"Transfer-Encoding: chunked\r\n\r\n"
    body = request_body("openai-chat")
    response = env.exchange(top + b"0" * 100_000 + chunk(body) + LAST)
    expect(response.status in (200, 400, 413, 431), f"{response.status}")


@case(
    "slowloris",
    "200 heads in slow bytes end within the head's time",
    "issue 3: head within 10 s (here 2 s)",
)
def _(env):
    channels, began = [env.connect() for _ in range(200)], time.monotonic()
    for byte in env.request()[:30]:
        for channel in channels:
            channel.send(bytes([byte]))
        time.sleep(0.1)
        if time.monotonic() - began > 2.8:
            break
    for channel in channels:
        data = channel.rest(1.5)
        expect(channel.end in ("eof", "reset"), "left open")
        expect(not data or b" 408 " in data[:20], f"{data[:60]!r}")
        channel.close()
    expect(time.monotonic() - began < 5, "too late")
    env.unreached()


@case("slowloris", "a body that stalls gets 408 and a close", "issue 3: body idle (here 2 s)")
def _(env):
    channel, began = env.connect(), time.monotonic()
    channel.send(env.request()[:-3])
    response = channel.response()
    expect(response is not None and response.status == 408, "no 408")
    expect(1.5 < time.monotonic() - began < 4 and channel.closed(2), "late, or open")
    env.unreached()


@case("slowloris", "a body with a byte each second is served", "issue 3: body idle, not body time")
def _(env):
    channel, data = env.connect(), env.request()
    channel.send(data[:-4])
    for byte in data[-4:]:
        time.sleep(0.9)
        channel.send(bytes([byte]))
    response = channel.response()
    expect(response is not None and response.status == 200, "no 200")


@case(
    "slowloris",
    "an idle connection is closed without a word",
    "issue 3: keep-alive idle (here 3 s)",
)
def _(env):
    fresh, used = env.connect(), env.connect()
    expect(env.ask(used, env.request()).status == 200, "")
    began = time.monotonic()
    expect(fresh.closed() and used.closed(), "left open, or an answer")
    expect(2 < time.monotonic() - began < 5, f"after {time.monotonic() - began:.1f} s")


@case("connections", "10,000 connections against a limit of 100", "issue 3: limits.connections")
def _(env):
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))

    def run(gateway):
        before = gateway.descriptors()
        kept = [kit.connect(gateway.port) for _ in range(99)]
        served = kit.connect(gateway.port)
        served.send(on(env, gateway, env.request()))
        expect(served.response().status == 200, "the hundredth")
        refused = 0
        for _ in range(99):
            batch = [kit.connect(gateway.port) for _ in range(100)]
            for channel in batch:
                data = channel.rest(2)
                refused += b" 503 " in data[:20] or channel.end == "reset"
                channel.close()
        expect(refused == 9900, f"{refused} were refused")
        served.send(on(env, gateway, env.request()))
        expect(served.response().status == 200, "one that was there")
        for channel in kept:
            channel.close()
        eventually(
            lambda: gateway.descriptors() <= before + 3, f"{gateway.descriptors()} descriptors"
        )
        again = kit.connect(gateway.port)
        again.send(on(env, gateway, env.request()))
        expect(again.response().status == 200, "after they left")

    with_gateway(env, run, limits={"connections": 100, "idle": "60s"})
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@case("connections", "3,000 idle connections are cheap, and come back", "issue 3: 4,096")
def _(env):
    def run(gateway):
        before, descriptors = gateway.resident(), gateway.descriptors()
        channels = [kit.connect(gateway.port) for _ in range(3000)]
        eventually(lambda: gateway.descriptors() >= descriptors + 3000, "not accepted")
        grown = gateway.resident() - before
        expect(grown < 12 * MB, f"{grown >> 10} KiB for 3,000")
        for channel in channels:
            channel.close()
        eventually(lambda: gateway.descriptors() <= descriptors, "descriptors stay")

    with_gateway(env, run, limits={"idle": "60s"})


@case(
    "connections",
    "out of descriptors: the gateway lives and recovers",
    "a limit of the system is no crash",
)
def _(env):
    def run(gateway):
        resource.prlimit(gateway.process.pid, resource.RLIMIT_NOFILE, (64, 64))
        channels = [kit.connect(gateway.port) for _ in range(200)]
        time.sleep(0.5)
        ticks = cpu_ticks(gateway)
        time.sleep(1.0)
        spent = cpu_ticks(gateway) - ticks
        for channel in channels:
            channel.close()
        time.sleep(0.5)
        channel = kit.connect(gateway.port)
        channel.send(on(env, gateway, env.request()))
        response = channel.response()
        expect(response is not None and response.status == 200, "no answer afterwards")
        expect(spent < 50, f"{spent} ticks of CPU in a second without descriptors")

    with_gateway(env, run, limits={"idle": "60s"})


def cpu_ticks(gateway):
    with open(f"/proc/{gateway.process.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return int(fields[11]) + int(fields[12])


@case("drain", "SIGTERM lets a stream finish and takes no more", "issue 2: drain")
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)), 1.0, chunk(TERMINAL["openai-chat"]) + LAST))

    def run(gateway):
        stream, idle = kit.connect(gateway.port), kit.connect(gateway.port)
        stream.send(on(env, gateway, env.request()))
        expect(stream.until(b"t1") is not None, "no stream")
        gateway.process.send_signal(signal.SIGTERM)
        expect(idle.closed(1.0), "an idle connection stays")
        refused = False
        try:
            late = kit.connect(gateway.port)
            refused = not late.send(b"x") or late.closed(1.0)
        except OSError:
            refused = True
        expect(refused, "a new connection was taken")
        rest = stream.rest()
        expect(rest.endswith(LAST) and b"[DONE]" in rest, f"the stream was cut: {rest!r}")
        expect(gateway.process.wait(5) == 0, "not 0")

    gateway = kit.Gateway(env.program, kit.settings(env.upstream.port))
    try:
        run(gateway)
    finally:
        gateway.close()


@case("drain", "a second SIGTERM ends at once", "issue 2")
def _(env):
    env.begin(says(STREAM_HEAD + chunk(event(1)), then="stay"))
    gateway = kit.Gateway(env.program, kit.settings(env.upstream.port))
    try:
        stream = kit.connect(gateway.port)
        stream.send(on(env, gateway, env.request()))
        expect(stream.until(b"t1") is not None, "no stream")
        gateway.process.send_signal(signal.SIGTERM)
        time.sleep(0.3)
        expect(gateway.alive(), "the first did not wait")
        gateway.process.send_signal(signal.SIGTERM)
        gateway.process.wait(2)
        expect(LAST not in stream.rest()[-5:], "the cut stream looks finished")
    finally:
        gateway.close()


@case(
    "secrets",
    "state files are the user's alone, the token is not told when chosen",
    "issue 2; DESIGN 8",
)
def _(env):

    found = []
    for folder, _, names in os.walk(env.gateway.home):
        for name in names:
            path = os.path.join(folder, name)
            with open(path, encoding="utf-8", errors="replace") as file:
                if TOKEN in file.read():
                    found.append((name, os.stat(path).st_mode & 0o777))
    expect(found == [("gateway.json", 0o600)], f"{found}")
    expect(TOKEN not in env.gateway.announcement, "told")


@case(
    "secrets",
    "neither memory of the command line nor the environment of others",
    "DESIGN 8: not in argv",
)
def _(env):
    with open(f"/proc/{env.gateway.process.pid}/cmdline", "rb") as file:
        line = file.read()
    expect(
        TOKEN.encode() not in line and kit.KEY.encode() not in line, "a secret among the arguments"
    )
