"""What the red team and the soak share: the gateway as a process, raw clients, scripted upstreams.

Everything is on loopback. A reader here is strict: what it cannot parse by RFC 9112 is a failure.
"""

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import tempfile
import time

TOKEN = "tok-7b1f0c55d2aa4e0c9be1"
KEY = "sk-upstream-93ac51f7e0"
WAIT = 6.0  # seconds after which an expected event is taken for missing

# wire: (provider, base path, path at the gateway, path at the upstream)
WIRES = {
    "openai-chat": ("chat", "/base/v1", "/v1/chat/completions", "/base/v1/chat/completions"),
    "openai-responses": ("resp", "/base/v1", "/v1/responses", "/base/v1/responses"),
    "anthropic-messages": ("msg", "/base/v1", "/v1/messages", "/base/v1/messages"),
    "gemini": (
        "gem",
        "/base/v1beta",
        "/v1beta/models/gem%2Fm:streamGenerateContent?alt=sse",
        "/base/v1beta/models/m:streamGenerateContent?alt=sse",
    ),
}
KEY_FIELD = {
    "openai-chat": "authorization",
    "openai-responses": "authorization",
    "anthropic-messages": "x-api-key",
    "gemini": "x-goog-api-key",
}
TERMINAL = {
    "openai-chat": b"data: [DONE]\n\n",
    "openai-responses": b'event: response.completed\ndata: {"type":"response.completed",'
    b'"response":{"id":"r","status":"completed","output":[]}}\n\n',
    "anthropic-messages": b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
    "gemini": b'data: {"candidates":[{"content":{"parts":[]},"finishReason":"STOP"}]}\n\n',
}


class Failure(Exception):
    """A promise that was not kept."""


def expect(truth, what):
    if not truth:
        raise Failure(what)


def eventually(test, what, seconds=WAIT):
    """Waits until `test()` is true."""
    end = time.monotonic() + seconds
    while not test():
        if time.monotonic() > end:
            raise Failure(what)
        time.sleep(0.01)


def request_body(wire, **members):
    """The least a request of this wire holds; Gemini names its model in the path."""
    model = {} if wire == "gemini" else {"model": WIRES[wire][0] + "/m"}
    return json.dumps({**model, **members}).encode()


def settings(ports, timeouts=None, limits=None, **extra):
    """A configuration with a provider for each wire. `ports` is a port, or one for each provider."""
    providers = {}
    for wire, (provider, base, _, _) in WIRES.items():
        port = ports if isinstance(ports, int) else ports[provider]
        providers[provider] = {
            "baseURL": f"http://127.0.0.1:{port}{base}",
            "wires": [wire],
            "apiKey": KEY,
            "timeouts": timeouts or {"connect": "2s", "headers": "2s", "silence": "2s"},
        }
    return {
        "listen": {"port": 0},
        "providers": providers,
        "profiles": {"default": {"heavy": "chat/vendor/big"}},
        "limits": {"head": "2s", "body": "2s", "idle": "3s", **(limits or {})},
        "log": {"level": "info", "format": "json"},
        **extra,
    }


class Gateway:
    """`agentroute serve` as a process of its own, in a folder of its own."""

    def __init__(self, program, configuration):
        self.home = tempfile.mkdtemp(prefix="agentroute-soak-")
        path = os.path.join(self.home, "config.json")
        with open(path, "w", encoding="utf-8") as file:
            json.dump(configuration, file)
        os.chmod(path, 0o600)
        self.log_path = os.path.join(self.home, "log")
        environment = {
            **os.environ,
            "AGENTROUTE_TOKEN": TOKEN,
            "AGENTROUTE_HOME": self.home,
            "XDG_STATE_HOME": self.home,
        }
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [program, "serve", "--config", path, "--port", "0", "--json"],
                stdout=subprocess.PIPE,
                stderr=log,
                env=environment,
            )
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the gateway did not start: {self.log()}")
        self.announcement = line.decode()
        self.port = json.loads(line)["port"]

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as file:
            return file.read()

    def records(self):
        """The record lines so far."""
        lines = (json.loads(line) for line in self.log().splitlines() if line.startswith("{"))
        return [line for line in lines if line.get("msg") == "exchange"]

    def resident(self):
        """Bytes."""
        with open(f"/proc/{self.process.pid}/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def peak(self):
        """The most bytes that were ever resident."""
        with open(f"/proc/{self.process.pid}/status", encoding="ascii") as file:
            return next(int(line.split()[1]) << 10 for line in file if line.startswith("VmHWM"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def alive(self):
        return self.process.poll() is None

    def terminate(self, seconds=20):
        """Asks it to drain; its exit code, or None if it had to be killed."""
        if self.alive():
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            return None

    def close(self):
        if self.alive():
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()
        shutil.rmtree(self.home, ignore_errors=True)


# ---- messages ---------------------------------------------------------------------------------------


class Message:
    """A request or response as it was read."""

    def __init__(self, line, fields, raw_head):
        self.line, self.fields, self.raw_head = line, fields, raw_head
        self.body, self.framed, self.end = b"", b"", "complete"

    @property
    def status(self):
        return int(self.line.split(b" ")[1])

    def all(self, name):
        return [value for key, value in self.fields if key.lower() == name.lower().encode()]

    def get(self, name):
        return next(iter(self.all(name)), None)

    def names(self):
        return [key.decode("latin-1") for key, _ in self.fields]


def parse_head(raw):
    """`raw` ends with the empty line."""
    lines = raw[:-4].split(b"\r\n")
    fields = []
    for line in lines[1:]:
        name, colon, value = line.partition(b":")
        expect(colon and name and name == name.strip(), f"a malformed field line: {line!r}")
        expect(
            b"\r" not in line and b"\n" not in line and b"\0" not in line, f"in a field: {line!r}"
        )
        fields.append((name, value.strip(b" \t")))
    return Message(lines[0], fields, raw)


class Channel:
    """A socket read and written with a deadline."""

    def __init__(self, sock):
        self.sock, self.buffer, self.end = sock, b"", None
        self.raw = b""

    def send(self, data):
        """Sends all; False if the peer would not have it."""
        try:
            self.sock.settimeout(WAIT)
            self.sock.sendall(data)
            return True
        except OSError:
            return False

    def pull(self, seconds=WAIT):
        """One more read; False at an end: self.end is then "eof", "reset" or "timeout"."""
        if self.end in ("eof", "reset"):
            return False
        try:
            self.sock.settimeout(max(seconds, 0.001))
            data = self.sock.recv(1 << 16)
        except TimeoutError:
            self.end = "timeout"
            return False
        except OSError:
            self.end = "reset"
            return False
        if not data:
            self.end = "eof"
            return False
        self.buffer += data
        if len(self.raw) < 4096:
            self.raw += data
        return True

    def until(self, mark, seconds=WAIT):
        while mark not in self.buffer:
            if not self.pull(seconds):
                return None
        at = self.buffer.index(mark) + len(mark)
        part, self.buffer = self.buffer[:at], self.buffer[at:]
        return part

    def exactly(self, count, seconds=WAIT):
        """Up to `count` bytes; fewer at an end."""
        parts, have = [self.buffer], len(self.buffer)
        while have < count:
            self.buffer = b""
            if not self.pull(seconds):
                break
            parts.append(self.buffer)
            have += len(self.buffer)
        data = b"".join(parts)
        self.buffer = data[count:]
        return data[:count]

    def rest(self, seconds=WAIT):
        """Everything up to the end."""
        while self.pull(seconds):
            pass
        data, self.buffer = self.buffer, b""
        return data

    def closed(self, seconds=WAIT):
        """Whether nothing but the end follows."""
        return self.rest(seconds) == b"" and self.end in ("eof", "reset")

    def head(self, seconds=WAIT):
        raw = self.until(b"\r\n\r\n", seconds)
        return None if raw is None else parse_head(raw)

    def response(self, is_head=False, seconds=WAIT):
        """One final response; None if none came. Its `end` is "complete" or how it broke off."""
        message = self.head(seconds)
        while message is not None and message.status // 100 == 1:
            message = self.head(seconds)
        if message is None:
            return None
        lengths, codings = message.all("content-length"), message.all("transfer-encoding")
        expect(not (lengths and codings), "both Content-Length and Transfer-Encoding")
        expect(len(lengths) < 2 and len(codings) < 2, "framing fields twice")
        if is_head or message.status in (204, 304):
            return message
        if codings:
            self.chunks(message, seconds)
        elif lengths:
            message.body = self.exactly(int(lengths[0]), seconds)
            if len(message.body) < int(lengths[0]):
                message.end = self.end
        else:
            message.body = self.rest(seconds)
            message.end = "complete" if self.end == "eof" else self.end
        return message

    def chunks(self, message, seconds=WAIT):
        """Reads a chunked body; `framed` keeps it as it came."""
        while True:
            line = self.until(b"\r\n", seconds)
            if line is None:
                message.end = self.end
                return
            message.framed += line
            size = int(line.split(b";")[0].strip(), 16)
            if size == 0:
                break
            data = self.exactly(size + 2, seconds)
            message.framed += data
            message.body += data[:size]
            if len(data) < size + 2:
                message.end = self.end
                return
            expect(data[-2:] == b"\r\n", "a chunk without its end")
        while line != b"\r\n":
            line = self.until(b"\r\n", seconds)
            if line is None:
                message.end = self.end
                return
            message.framed += line

    def half_close(self):
        self.sock.shutdown(socket.SHUT_WR)

    def hang_up(self):
        """Ends both directions; the thread that reads notices and closes."""
        try:
            self.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass  # it has ended already

    def close(self):
        self.sock.close()

    def reset(self):
        """Closes with a RST."""
        try:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        except OSError:
            pass  # it is closed already
        self.sock.close()


def connect(port, receive_buffer=None):
    sock = socket.socket()
    if receive_buffer:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    sock.settimeout(WAIT)
    sock.connect(("127.0.0.1", port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return Channel(sock)
