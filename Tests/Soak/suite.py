"""The list of cases and what each is given: a gateway with a provider for each wire, and its upstream."""

import json

from kit import (
    KEY,
    TOKEN,
    WIRES,
    Failure,
    Gateway,
    connect,
    eventually,
    expect,
    request_body,
    settings,
)
from upstream import Upstream


class Case:
    def __init__(self, group, name, why, run, debatable=""):
        self.group, self.name, self.why, self.run, self.debatable = group, name, why, run, debatable


CASES = []


def case(group, name, why, debatable=""):
    """Registers a function of an Env. `why` is the rule, `debatable` what speaks against it."""

    def register(run):
        CASES.append(Case(group, name, why, run, debatable))
        return run

    return register


class Env:
    """One lane: cases run on it one after the other."""

    def __init__(self, program):
        self.program = program
        self.upstream = Upstream()
        self.gateway = None
        self.marks = 0
        self.sent = b""
        self.seen = b""
        self.ensure()

    def ensure(self):
        """Starts the gateway if there is none, or it has died."""
        if self.gateway is None or not self.gateway.alive():
            self.gateway = Gateway(self.program, settings(self.upstream.port))

    def begin(self, script, **options):
        """For this case the upstream plays `script`."""
        self.upstream.begin(script, **options)

    def connect(self, **options):
        return connect(self.gateway.port, **options)

    def close(self):
        self.gateway.close()
        self.upstream.close()

    # ---- requests

    @property
    def host(self):
        return f"Host: 127.0.0.1:{self.gateway.port}"

    @property
    def authority(self):
        return f"127.0.0.1:{self.gateway.port}"

    def fill(self, text):
        """`text` as bytes (one for each character), its placeholders filled in."""
        for mark, value in (
            ("{HOST}", self.host),
            ("{AUTH}", f"Authorization: Bearer {TOKEN}"),
            ("{PORT}", str(self.gateway.port)),
            ("{TOKEN}", TOKEN),
        ):
            text = text.replace(mark, value)
        return text.encode("latin-1")

    def request(
        self,
        wire="openai-chat",
        fields=(),
        body=None,
        target=None,
        method="POST",
        authorized=True,
        version="1.1",
    ):
        body = request_body(wire) if body is None else body
        lines = [f"{method} {target or WIRES[wire][2]} HTTP/{version}", self.host]
        if authorized:
            lines.append(f"Authorization: Bearer {TOKEN}")
        lines += [self.fill(field).decode("latin-1") for field in fields]
        if body or method == "POST":
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1") + body

    def exchange(self, request, is_head=False, seconds=6.0):
        """Sends on a connection of its own and reads one response."""
        channel = self.connect()
        try:
            return self.ask(channel, request, is_head, seconds)
        finally:
            channel.close()

    def ask(self, channel, request, is_head=False, seconds=6.0):
        self.sent = request
        channel.send(request)
        response = channel.response(is_head, seconds)
        self.seen = channel.raw
        expect(response is not None, f"no response ({channel.end})")
        return response

    # ---- what must hold

    def refused(self, data, statuses, closes=True):
        """`data` is answered with one of `statuses`, nothing reaches the upstream, and the connection
        is closed without a second answer."""
        channel = self.connect()
        self.sent = data
        channel.send(data)
        response = channel.response()
        self.seen = channel.raw
        expect(response is not None, f"no response ({channel.end})")
        expect(response.status in statuses, f"{response.status}, expected {sorted(statuses)}")
        if closes:
            rest = channel.rest()
            self.seen = channel.raw
            expect(not rest, f"a second answer: {rest[:60]!r}")
            expect(channel.end in ("eof", "reset"), "the connection was left open")
            expect(response.get("connection") == b"close", "no Connection: close")
        channel.close()
        self.unreached()
        self.secretless(response)
        return response

    def unreached(self):
        expect(
            not self.upstream.requests,
            "reached the upstream: "
            + repr([request.raw_head for request in self.upstream.requests[:2]]),
        )

    def reached(self, count=1):
        """The requests at the upstream, which are `count`."""
        eventually(
            lambda: len(self.upstream.requests) >= count,
            f"{len(self.upstream.requests)} requests at the upstream, expected {count}",
        )
        expect(
            len(self.upstream.requests) == count,
            f"{len(self.upstream.requests)} requests at the upstream, expected {count}",
        )
        expect(not self.upstream.broken, f"at the upstream: {self.upstream.broken}")
        return self.upstream.requests

    @staticmethod
    def secretless(response):
        raw = response.raw_head + response.body
        expect(TOKEN.encode() not in raw and KEY.encode() not in raw, "a secret in the answer")

    def mark(self):
        """Lets the log settle behind what came before; for `records`."""
        self.marks += 1
        name = f"mark-{self.marks}"
        self.exchange(self.request(body=b'{"model":"chat/%s"}' % name.encode()))
        self.upstream.requests.clear()
        return name

    def records(self, mark, count):
        """Exactly `count` record lines since `mark`."""
        end = self.mark()

        def names():
            return [record.get("model") for record in self.gateway.records()]

        eventually(lambda: end in names(), "no record line")
        records = self.gateway.records()[names().index(mark) + 1 : names().index(end)]
        expect(len(records) == count, f"{len(records)} records, expected {count}: {records}")
        return records


def plain(env, lines, body=b""):
    """A request of just these lines."""
    return env.fill("\r\n".join([*lines, "", ""])) + body


def dialect_error(wire, response):
    """The message of an error in the wire's dialect."""
    try:
        value = json.loads(response.body)
    except ValueError:
        raise Failure(f"the error is not JSON: {response.body[:100]!r}") from None
    content = response.get("content-type") or b""
    expect(content.startswith(b"application/json"), f"content-type {content!r}")
    error = value.get("error")
    expect(isinstance(error, dict) and isinstance(error.get("message"), str), f"no error: {value}")
    if wire == "anthropic-messages":
        expect(value.get("type") == "error" and isinstance(error.get("type"), str), f"{value}")
        expect("request_id" in value, "no request_id")
    elif wire == "gemini":
        expect(
            error.get("code") == response.status and isinstance(error.get("status"), str),
            f"{value}",
        )
    else:
        expect({"type", "param", "code"} <= error.keys(), f"{value}")
    return error["message"]


def error_event(wire, body):
    """Whether `body` ends with the dialect's error event."""
    blocks = [block for block in body.split(b"\n\n") if block]
    if not blocks or not body.endswith(b"\n\n"):
        return False
    lines = blocks[-1].split(b"\n")
    data = b"".join(line[6:] for line in lines if line.startswith(b"data: "))
    try:
        value = json.loads(data)
    except ValueError:
        return False
    name = next((line[7:] for line in lines if line.startswith(b"event: ")), None)
    if wire == "anthropic-messages":
        return name == b"error" and value.get("type") == "error"
    if wire == "openai-responses":
        return name == value.get("type", "").encode() and value["type"] in (
            "response.failed",
            "error",
        )
    return isinstance(value.get("error"), dict)
