"""TLS to the provider: what cannot be trusted gets no request; a cut is never an end."""

import atexit
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time

import kit
from kit import TERMINAL, expect
from suite import case, dialect_error, error_event
from upstream import JSON_CHUNKED, LAST, STREAM_HEAD, Upstream, answer, chunk, event, head

PAST = ("-startdate", "20200101000000Z", "-enddate", "20210101000000Z")
FUTURE = ("-startdate", "20450101000000Z", "-enddate", "20490101000000Z")


class Authority:
    """A certificate authority of this run, and what it signs."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="agentroute-ca-")
        self.lock = threading.Lock()
        self.made = {}
        self.openssl(
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            "ca.key",
            "-out",
            "ca.pem",
            "-days",
            "2",
            "-subj",
            "/CN=Soak CA",
            "-addext",
            "basicConstraints=critical,CA:TRUE",
        )
        self.file("index.txt", "")
        self.file("serial", "01\n")
        self.file(
            "ca.cnf",
            "[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\nserial=serial\nnew_certs_dir=.\n"
            "default_md=sha256\npolicy=p\nunique_subject=no\n[p]\ncommonName=supplied\n",
        )

    def path(self, name):
        return os.path.join(self.folder, name)

    def file(self, name, text):
        with open(self.path(name), "w", encoding="ascii") as file:
            file.write(text)

    def openssl(self, *arguments):
        subprocess.run(["openssl", *arguments], cwd=self.folder, check=True, capture_output=True)

    def certificate(
        self, name, subject="IP:127.0.0.1", dates=("-days", "2"), signed=True, usage="serverAuth"
    ):
        """The paths of a certificate for `subject` and its key."""
        with self.lock:
            if name not in self.made:
                self.make(name, subject, dates, signed, usage)
                self.made[name] = (self.path(name + ".pem"), self.path(name + ".key"))
        return self.made[name]

    def make(self, name, subject, dates, signed, usage):
        extension = f"subjectAltName={subject}\nextendedKeyUsage={usage}\n"
        self.file(name + ".ext", extension)
        key = (
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-keyout",
            name + ".key",
            "-subj",
            "/CN=127.0.0.1",
        )
        if not signed:
            self.openssl(
                "req",
                "-x509",
                *key,
                "-days",
                "2",
                "-out",
                name + ".pem",
                "-addext",
                "subjectAltName=" + subject,
            )
            return
        self.openssl("req", *key, "-out", name + ".csr")
        self.openssl(
            "ca",
            "-batch",
            "-notext",
            "-config",
            "ca.cnf",
            "-cert",
            "ca.pem",
            "-keyfile",
            "ca.key",
            "-in",
            name + ".csr",
            "-out",
            name + ".pem",
            "-extfile",
            name + ".ext",
            *dates,
        )

    def close(self):
        shutil.rmtree(self.folder, ignore_errors=True)


AUTHORITY = []
LOCK = threading.Lock()


def authority():
    with LOCK:
        if not AUTHORITY:
            AUTHORITY.append(Authority())
            atexit.register(AUTHORITY[0].close)
    return AUTHORITY[0]


def with_tls(env, run, certificate, ca_file=True, adjust=None, host="127.0.0.1"):
    """Runs `run(ask, upstream, gateway)` with a TLS upstream; `ask(wire)` is one exchange."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    if adjust:
        adjust(context)
    upstream = Upstream(tls=context)
    configuration = kit.settings(upstream.port)
    for provider in configuration["providers"].values():
        provider["baseURL"] = provider["baseURL"].replace("http://127.0.0.1", f"https://{host}")
        if ca_file:
            provider["caFile"] = authority().path("ca.pem")
    gateway = kit.Gateway(env.program, configuration)

    def ask(wire="openai-chat", **options):
        data = env.request(wire, **options).replace(
            env.authority.encode(), b"127.0.0.1:%d" % gateway.port
        )
        channel = kit.connect(gateway.port)
        channel.send(data)
        env.sent, response = data[:200], channel.response()
        env.seen = channel.raw
        expect(response is not None, f"no response ({channel.end})")
        return response

    try:
        run(ask, upstream, gateway)
        expect(gateway.alive(), "the gateway died")
    finally:
        gateway.close()
        upstream.close()


def legacy(context):
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")


def only_12(context):
    context.maximum_version = ssl.TLSVersion.TLSv1_2


UNTRUSTED = [
    ("self-signed", dict(name="self", signed=False), True, None),
    ("an unknown authority", dict(name="good"), False, None),
    ("a wrong address", dict(name="wrong", subject="IP:127.0.0.2"), True, None),
    (
        "a name where an address is asked for",
        dict(name="named", subject="DNS:localhost"),
        True,
        None,
    ),
    ("an address as a DNS name", dict(name="dns-address", subject="DNS:127.0.0.1"), True, None),
    ("a wildcard", dict(name="wild", subject="DNS:*"), True, None),
    ("expired", dict(name="past", dates=PAST), True, None),
    ("not valid yet", dict(name="future", dates=FUTURE), True, None),
    ("for clients only", dict(name="client", usage="clientAuth"), True, None),
    ("TLS 1.1 only", dict(name="good"), True, legacy),
]
for name, certificate, ca_file, adjust in UNTRUSTED:

    @case(
        "tls",
        f"{name}: 502 in the dialect, and no request",
        "issue 3: untrusted; DESIGN dependencies: TLS 1.2+, host name checked",
    )
    def _(env, certificate=certificate, ca_file=ca_file, adjust=adjust):
        def run(ask, upstream, _):
            for wire in ("openai-chat", "anthropic-messages"):
                response = ask(wire)
                expect(response.status == 502, f"{response.status}")
                dialect_error(wire, response)
            expect(not upstream.requests, "a request went out")

        with_tls(env, run, authority().certificate(**certificate), ca_file, adjust)


for name, certificate, host, adjust in [
    ("the right address", dict(name="good"), "127.0.0.1", None),
    ("TLS 1.2", dict(name="good"), "127.0.0.1", only_12),
    ("the right name", dict(name="named", subject="DNS:localhost"), "localhost", None),
]:

    @case("tls", f"{name}, with caFile: served on one connection", "issue 2: caFile per provider")
    def _(env, certificate=certificate, host=host, adjust=adjust):
        def run(ask, upstream, _):
            upstream.begin(answer(200, b'{"a":1}'))
            for _ in range(3):
                expect(ask().body == b'{"a":1}', "")
            expect(upstream.connections == 1, f"{upstream.connections} connections")

        with_tls(env, run, authority().certificate(**certificate), adjust=adjust, host=host)


@case("tls", "a provider that speaks no TLS: 502", "issue 3")
def _(env):
    def run(ask, upstream, _):
        upstream.tls = None
        upstream.begin(
            answer(), greeting=lambda channel: channel.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        )
        expect(ask().status == 502, "not 502")

    with_tls(env, run, authority().certificate("good"))


for name, greeting, statuses in [
    ("closes in the handshake", lambda channel: channel.close(), {502}),
    ("resets in the handshake", lambda channel: channel.reset(), {502}),
    ("is silent in the handshake", lambda channel: channel.rest(5), {504}),
]:

    @case("tls", f"a provider that {name}", "issue 3: 502 or 504")
    def _(env, greeting=greeting, statuses=statuses):
        def run(ask, upstream, _):
            upstream.tls = None
            upstream.begin(answer(), greeting=greeting)
            response = ask()
            expect(response.status in statuses, f"{response.status}")

        with_tls(env, run, authority().certificate("good"))


def raw_end(channel, notify):
    """Ends the connection with or without TLS's own close."""
    if notify:
        try:
            channel.sock.settimeout(1)
            channel.sock.unwrap()
        except OSError:
            pass  # the gateway need not answer in kind
    channel.hang_up()


for name, start, notify, is_whole in [
    ("chunked stream, no close_notify", STREAM_HEAD + chunk(event(1)), False, False),
    ("chunked stream, close_notify", STREAM_HEAD + chunk(event(1)), True, False),
    (
        "JSON to the end, no close_notify",
        head(200, "Content-Type: application/json") + b'{"a":1}',
        False,
        False,
    ),
    (
        "JSON to the end, close_notify",
        head(200, "Content-Type: application/json") + b'{"a":1}',
        True,
        True,
    ),
    (
        "finished stream to the end, no close_notify",
        head(200, "Content-Type: text/event-stream") + TERMINAL["openai-chat"],
        False,
        None,
    ),
    (
        "finished stream to the end, close_notify",
        head(200, "Content-Type: text/event-stream") + TERMINAL["openai-chat"],
        True,
        True,
    ),
    ("whole chunked JSON, no close_notify", JSON_CHUNKED + chunk(b"{}") + LAST, False, True),
    ("cut length, close_notify", head(200, "Content-Length: 9") + b"{", True, False),
]:

    @case(
        "tls",
        f"{name}: {'either' if is_whole is None else 'whole' if is_whole else 'cut'}",
        "RFC 9112 9.8: incomplete without close_notify",
    )
    def _(env, start=start, notify=notify, is_whole=is_whole):
        def run(ask, upstream, gateway):
            def script(channel, _):
                channel.send(start)
                time.sleep(0.05)
                raw_end(channel, notify)
                return False

            upstream.begin(script)
            response = ask()
            expect(is_whole is None or (response.end == "complete") == is_whole, f"{response.end}")
            if b"stream" in start and is_whole is False:
                expect(error_event("openai-chat", response.body), f"no event: {response.body!r}")
            expect(gateway.alive(), "died")

        with_tls(env, run, authority().certificate("good"))


@case("tls", "a kept-alive connection that was closed is replaced unnoticed", "issue 3")
def _(env):
    def run(ask, upstream, _):
        for notify in (True, False):

            def script(channel, request, notify=notify):
                answer()(channel, request)
                raw_end(channel, notify)
                return False

            upstream.begin(script)
            for _ in range(4):
                expect(ask().status == 200, "noticed")
                time.sleep(0.1)

    with_tls(env, run, authority().certificate("good"))


@case("tls", "10 MB both ways, in small records", "DESIGN 1")
def _(env):
    body = kit.request_body("openai-chat", pad="é" * (1 << 20))

    def run(ask, upstream, _):
        def script(channel, request):
            channel.send(JSON_CHUNKED)
            for at in range(0, len(request.body), 1000):
                channel.send(chunk(request.body[at : at + 1000]))
            return channel.send(LAST)

        upstream.begin(script)
        response = ask(body=body)
        expect(
            response.body == body.replace(b"chat/m", b"m") and response.end == "complete",
            f"{response.end}",
        )

    with_tls(env, run, authority().certificate("good"))
