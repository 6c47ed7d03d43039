#!/usr/bin/env python3
"""Real Claude Code through a real gateway: one text turn, and one turn that writes a file.

    claude_smoke.py --claude PATH --gateway PATH

Starts `GATEWAY serve --demo` on a free port, runs the client in a network namespace from which
nothing but that port can be reached, and judges what the client said, what is on disk and what the
gateway recorded. Prints a line a check, and exits 1 if one failed. Standard library only.
"""
import argparse
import asyncio
import contextlib
import json
import os
import re
import secrets
import signal
import sys
import tempfile

import isolate

# One start, three runs of the client and one stop: below 90 s at the very worst.
START_SECONDS, TURN_SECONDS, STOP_SECONDS = 10, 22, 10
DEMO_WORDS = "the demo model of AgentRoute"
FILE_NAME, FILE_TEXT = "hello.txt", "hello from the demo"

# Run in the namespace: the gateway answers, and an address beyond it is out of reach (RFC 5737).
PROBE = """
import errno, socket, sys, urllib.request
url = "http://127.0.0.1:" + sys.argv[1] + "/healthz"
if urllib.request.urlopen(url, timeout=5).status != 200:
    sys.exit("the gateway is not healthy")
try:
    socket.create_connection(("192.0.2.1", 80), timeout=2)
except OSError as error:
    sys.exit(0 if error.errno == errno.ENETUNREACH else f"another network is there: {error}")
sys.exit("192.0.2.1 can be reached")
"""


class Failure(Exception):
    """A check that did not hold, in words."""


class Report:
    """Prints a line a check and remembers whether one failed."""

    def __init__(self):
        self.failed = False

    @contextlib.contextmanager
    def check(self, name):
        """Reports the block as name: failed if it raises what a check may raise."""
        try:
            yield
        except (Failure, isolate.Unavailable, OSError) as error:
            self.failed = True
            print(f"FAIL {name}: {error}", flush=True)
        else:
            print(f"PASS {name}", flush=True)


class Gateway:
    """A running `agentroute serve --demo` and what it has written on stderr."""

    def __init__(self, process, port, token):
        self.process, self.port, self.token = process, port, token
        self.log = []
        self.reading = asyncio.create_task(self.read_log())

    @classmethod
    async def start(cls, binary, scratch):
        token = secrets.token_hex(32)
        env = {
            "PATH": os.environ["PATH"], "HOME": scratch, "AGENTROUTE_TOKEN": token,
            "AGENTROUTE_HOME": os.path.join(scratch, "agentroute"),
            "XDG_STATE_HOME": os.path.join(scratch, "state"),
        }
        process = await asyncio.create_subprocess_exec(
            binary, "serve", "--demo", "--port", "0", "--json", env=env,
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE)
        try:
            line = await asyncio.wait_for(process.stdout.readline(), START_SECONDS)
            if not line:
                raise Failure("it ended before it listened")
            event = json.loads(line)
            if event.get("event") != "listening":
                raise Failure(f"the first line is no listening event: {line!r}")
            return cls(process, event["port"], token)
        except (asyncio.TimeoutError, ValueError, KeyError, Failure) as error:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            _, err = await process.communicate()
            reason = str(error) or f"no listening event within {START_SECONDS} s"
            raise Failure(f"{reason}; stderr: {err.decode(errors='replace')[-500:]}") from error

    async def read_log(self):
        """Drains stderr, so that a full pipe never holds the gateway up."""
        async for line in self.process.stderr:
            self.log.append(line.decode(errors="replace").rstrip("\n"))

    async def stop(self):
        """Ends the gateway as a user would, and returns its exit code once the log is complete."""
        with contextlib.suppress(ProcessLookupError):
            self.process.terminate()
        try:
            code = await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
        except asyncio.TimeoutError:
            self.process.kill()
            code = await self.process.wait()
        await self.reading
        return code

    def exchanges(self):
        """The records of the Messages wire, as dictionaries."""
        pair = re.compile(r'(\S+?)=("(?:[^"\\]|\\.)*"|\S*)')
        records = [dict(pair.findall(line)) for line in self.log]
        wanted = {"msg": "exchange", "wire": "anthropic-messages"}
        return [record for record in records if wanted.items() <= record.items()]


class Client:
    """Claude Code with a home of its own, linked to the gateway by its environment."""

    def __init__(self, binary, gateway, scratch):
        self.binary, self.gateway = binary, gateway
        self.home, self.work = os.path.join(scratch, "home"), os.path.join(scratch, "work")
        for folder in (self.home, self.work):
            os.mkdir(folder)

    def environment(self):
        return {
            "HOME": self.home, "PATH": "/usr/local/bin:/usr/bin:/bin",
            "LANG": "C.UTF-8", "TERM": "dumb",
            "CLAUDE_CODE_TMPDIR": self.home, "CLAUDE_CODE_MAX_RETRIES": "1",
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1",
            "DISABLE_TELEMETRY": "1", "DISABLE_ERROR_REPORTING": "1",
            # Lets root skip the permission questions.
            "IS_SANDBOX": "1",
            "ANTHROPIC_BASE_URL": f"http://127.0.0.1:{self.gateway.port}",
            "ANTHROPIC_AUTH_TOKEN": self.gateway.token,
            "ANTHROPIC_DEFAULT_OPUS_MODEL": "agentroute-heavy",
            "ANTHROPIC_DEFAULT_SONNET_MODEL": "agentroute-balanced",
            "ANTHROPIC_DEFAULT_HAIKU_MODEL": "agentroute-fast",
        }

    async def isolated(self, *command):
        """Runs command where only the gateway can be reached; it must end well and in time."""
        outcome = await isolate.run(
            command, self.gateway.port, self.environment(), self.work, TURN_SECONDS)
        if outcome.code != 0:
            raise Failure(f"exit {outcome.code}: {(outcome.out + outcome.err).strip()[-600:]}")
        return outcome.out

    async def turn(self, prompt, *options):
        """One turn in print mode; returns the model's last text."""
        out = await self.isolated(self.binary, "-p", prompt, "--output-format", "json", *options)
        try:
            result = json.loads(out)
        except ValueError:
            raise Failure(f"the client printed no JSON: {out[-600:]!r}") from None
        if result.get("is_error"):
            raise Failure(f"the turn failed: {result.get('result')}")
        return result.get("result") or ""


async def talk(client, report):
    """The checks that need the client."""
    with report.check("isolation: the client reaches the gateway and nothing else"):
        await client.isolated(sys.executable, "-c", PROBE, str(client.gateway.port))
    if report.failed:
        return
    with report.check("text turn: the client shows the demo model's text"):
        text = await client.turn("hello")
        if DEMO_WORDS not in text:
            raise Failure(f"the text is another: {text!r}")
    with report.check("tool turn: the file the model writes is on disk"):
        text = await client.turn(
            f"write {FILE_NAME}: {FILE_TEXT}", "--dangerously-skip-permissions")
        path = os.path.join(client.work, FILE_NAME)
        if not os.path.exists(path):
            raise Failure(f"no {FILE_NAME}; the client said {text!r}")
        with open(path, encoding="utf-8") as file:
            written = file.read()
        if written.rstrip("\n") != FILE_TEXT:
            raise Failure(f"{FILE_NAME} holds {written!r}")
        if FILE_NAME not in text or "done" not in text:
            raise Failure(f"the model did not see the tool's answer: {text!r}")


def judge(gateway, code):
    """What the gateway itself must have seen: the text turn, the tool call and the answer to it."""
    if code != 0:
        raise Failure(f"serve ended with {code} on SIGTERM")
    exchanges = gateway.exchanges()
    if len(exchanges) < 3:
        log = "\n".join(gateway.log[-20:])
        raise Failure(f"{len(exchanges)} exchanges recorded, 3 expected:\n{log}")
    for record in exchanges:
        if record.get("outcome") != "ok" or record.get("status") != "200":
            raise Failure(f"an exchange did not end well: {record}")


async def run(options):
    report = Report()
    with tempfile.TemporaryDirectory(prefix="agentroute-clients-") as scratch:
        # The client names its directory with links resolved.
        scratch = os.path.realpath(scratch)
        gateway = None
        with report.check("serve: the gateway starts with the demo model"):
            gateway = await Gateway.start(options.gateway, scratch)
        if gateway:
            try:
                await talk(Client(options.claude, gateway, scratch), report)
            finally:
                code = await gateway.stop()
            with report.check("records: every exchange is recorded with outcome ok"):
                judge(gateway, code)
    return 1 if report.failed else 0


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--claude", required=True, help="the claude program")
    parser.add_argument("--gateway", required=True, help="the agentroute program")
    options = parser.parse_args()
    # A terminated test unwinds as an interrupted one does, and takes the gateway with it.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.exit(asyncio.run(run(options)))


if __name__ == "__main__":
    main()
