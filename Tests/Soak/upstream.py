"""A scripted provider, and what it says."""

import socket
import threading
import time

from kit import Channel, Failure, expect


class Upstream:
    """A provider that plays one script: `script(channel, request)` for every request, in a thread for
    each connection. A script that returns False ends the connection's loop."""

    def __init__(self, tls=None):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port = self.listener.getsockname()[1]
        self.tls = tls
        self.lock = threading.Lock()
        self.channels = []
        self.begin(answer(200, b"{}"))
        threading.Thread(target=self._accept, daemon=True).start()

    def begin(self, script, greeting=None, reads_body=True):
        """Starts anew: open connections are closed, nothing has been seen."""
        with self.lock:
            for channel in self.channels:
                channel.hang_up()
            self.channels = []
            self.script, self.greeting, self.reads_body = script, greeting, reads_body
            self.requests, self.connections, self.ends, self.broken = [], 0, [], []

    def _accept(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(sock,), daemon=True).start()

    def _serve(self, sock):
        with self.lock:
            requests, ends, broken = self.requests, self.ends, self.broken
            script, greeting, reads_body = self.script, self.greeting, self.reads_body
            self.connections += 1
            channel = Channel(sock)
            self.channels.append(channel)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                channel.sock = self.tls.wrap_socket(sock, server_side=True)
            if greeting:
                greeting(channel)
            while self._exchange(channel, script, reads_body, requests) is not False:
                pass
        except Failure as fault:
            broken.append(str(fault))
        except (OSError, ValueError):
            pass  # the gateway left, or the next case began
        ends.append(channel.end)
        channel.close()

    @staticmethod
    def _exchange(channel, script, reads_body, requests):
        request = channel.head(60)
        if request is None:
            return False
        if reads_body:
            lengths = request.all("content-length")
            expect(
                len(lengths) == 1 and not request.all("transfer-encoding"),
                f"framing at the upstream: {request.raw_head!r}",
            )
            request.body = channel.exactly(int(lengths[0]), 60)
            if len(request.body) < int(lengths[0]):
                return False
        requests.append(request)
        return script(channel, request)

    def close(self):
        self.listener.close()
        self.begin(None)


# ---- what upstreams say -----------------------------------------------------------------------------


def head(status=200, *fields, reason="OK"):
    lines = [f"HTTP/1.1 {status} {reason}", *fields, "", ""]
    return "\r\n".join(lines).encode("latin-1")


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST = b"0\r\n\r\n"
STREAM_HEAD = head(200, "Content-Type: text/event-stream", "Transfer-Encoding: chunked")
JSON_CHUNKED = head(200, "Content-Type: application/json", "Transfer-Encoding: chunked")


def answer(status=200, body=b"{}", *fields):
    """A script: a whole answer with a length."""
    return says(
        head(status, "Content-Type: application/json", f"Content-Length: {len(body)}", *fields)
        + body
    )


def says(*parts, then=None):
    """A script: sends `parts`, then closes ("close"), resets ("reset"), waits ("stay") or goes on."""

    def script(channel, _):
        for part in parts:
            if isinstance(part, (int, float)):
                time.sleep(part)
            elif not channel.send(part):
                return False
        if then == "reset":
            channel.reset()
            return False
        if then == "stay":
            channel.rest(60)
            return False
        return then != "close"

    return script


def event(index):
    return b'data: {"choices":[{"index":0,"delta":{"content":"t%d"}}]}\n\n' % index
