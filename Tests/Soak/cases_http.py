"""Method, path, upgrade and Expect; and what an early refusal does to the connection."""

from kit import WIRES, expect, request_body
from suite import case, dialect_error, plain

for wire, (_, _, target, _) in WIRES.items():
    for method in (
        "GET",
        "PUT",
        "DELETE",
        "PATCH",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "PROPFIND",
        "QUERY",
    ):

        @case("method", f"{method} on {wire}: 405 with Allow", "RFC 9110 15.5.6; issue 3")
        def _(env, wire=wire, method=method, target=target):
            request = plain(env, [f"{method} {target} HTTP/1.1", "{HOST}", "{AUTH}"])
            response = env.exchange(request, is_head=method == "HEAD")
            expect(response.status == 405, f"{response.status}")
            expect(response.get("allow") == b"POST", f"Allow: {response.get('allow')}")
            if method != "HEAD":
                dialect_error(wire, response)
            env.unreached()


for method in ("FOO", "post", "Post", "POSTX", "M-SEARCHX", "get"):

    @case(
        "method",
        f"{method}: an unknown method is 405 or 501",
        "RFC 9110 9.1 and 15.6.2; methods are case-sensitive",
        "a server may take an unknown method for malformed (400); nginx says 405, HAProxy passes it on",
    )
    def _(env, method=method):
        env.refused(env.request(method=method), {405, 501}, closes=False)


@case(
    "method", "CONNECT opens no tunnel", "RFC 9110 9.3.6; the bytes behind it are never a request"
)
def _(env):
    env.refused(
        plain(env, ["CONNECT {HOST} HTTP/1.1".replace("Host: ", ""), "{HOST}", "{AUTH}"]),
        {400, 403, 404, 405, 501},
        closes=False,
    )


@case("method", "OPTIONS * is answered", "RFC 9112 3.2.4")
def _(env):
    response = env.exchange(plain(env, ["OPTIONS * HTTP/1.1", "{HOST}", "{AUTH}"]))
    expect(response.status in (200, 204, 404, 405), f"{response.status}")


@case("method", "405 on health and models names GET", "RFC 9110 15.5.6")
def _(env):
    for path in ("/v1/models", "/healthz", "/health"):
        response = env.exchange(plain(env, [f"DELETE {path} HTTP/1.1", "{HOST}", "{AUTH}"]))
        expect(
            response.status == 405 and b"GET" in (response.get("allow") or b""),
            f"{path} {response.status}",
        )


for path in ("/healthz", "/health", "/v1/models", "/nothing"):

    @case("method", f"HEAD {path}: GET's head, no body", "RFC 9110 9.3.2")
    def _(env, path=path):
        get, channel = plain(env, [f"GET {path} HTTP/1.1", "{HOST}", "{AUTH}"]), env.connect()
        first = env.ask(channel, get.replace(b"GET", b"HEAD"), is_head=True)
        second = env.ask(channel, get) if first.get("connection") != b"close" else env.exchange(get)
        expect(first.status == second.status, f"{first.status} {second.status}")
        expect(first.get("content-type") == second.get("content-type"), "another content-type")
        expect(abs(int(first.get("content-length")) - len(second.body)) < 3, "another length")


PATHS = [
    "/V1/messages",
    "/v1/messages/",
    "//v1/messages",
    "/v1//messages",
    "/v1/./messages",
    "/v1/x/../messages",
    "/v1/%6dessages",
    "/v1/messages%2f",
    "/v1/messages;x=1",
    "/v1/messages%00",
    "/v1/chat/completions/..",
    "/v1/messagesx",
    "/v1/message",
    "/v1",
    "",
    "/v1beta/models/gem%2Fm",
    "/v1beta/models/:generateContent",
    "/v1beta/models/gem%2Fm:",
    "/v1beta/models/gem%2Fm:embedContent",
    "/v1beta/models/gem%2Fm:generatecontent",
]
for path in PATHS:

    @case("path", f"{path!r} is not found", "DESIGN 5: the path decides, byte for byte")
    def _(env, path=path):
        data = plain(
            env, [f"POST {path or '/'} HTTP/1.1", "{HOST}", "{AUTH}", "Content-Length: 2"], b"{}"
        )
        env.refused(data, {400, 404}, closes=False)


@case("early", "401 comes before the body, which is never a request", "issue 3")
def _(env):
    channel = env.connect()
    inner = env.request()
    channel.send(
        plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", f"Content-Length: {len(inner)}"])
    )
    response = channel.response()
    expect(response is not None and response.status == 401, "no 401 before the body")
    channel.send(inner + inner)
    expect(
        channel.rest() == b"" and channel.end in ("eof", "reset"), "answered again, or left open"
    )
    env.unreached()


for status, lines in [
    (401, ["{HOST}"]),
    (404, ["{HOST}", "{AUTH}"]),
    (403, ["Host: evil", "{AUTH}"]),
    (417, ["{HOST}", "{AUTH}", "Expect: x"]),
]:

    @case("early", f"the unread body of a {status} is never a request", "issue 3")
    def _(env, status=status, lines=lines):
        inner = env.request()
        path = "/nothing" if status == 404 else "/v1/messages"
        for framing in (f"Content-Length: {len(inner)}", "Transfer-Encoding: chunked"):
            data = plain(env, [f"POST {path} HTTP/1.1", *lines, framing], inner)
            response = env.refused(data, {status})
            expect(response.status == status, "")


@case("early", "a 401 reaches a client that is still sending 8 MB", "issue 3; RFC 9112 9.6")
def _(env):
    body = b"x" * (8 << 20)
    response = env.exchange(env.request(body=body, authorized=False))
    expect(response.status == 401 and response.end == "complete", f"{response.status}")


@case(
    "early",
    "Expect: 100-continue with a wrong token gets 401 and no 100",
    "issue 3; RFC 9110 10.1.1",
)
def _(env):
    channel = env.connect()
    channel.send(
        plain(
            env,
            ["POST /v1/messages HTTP/1.1", "{HOST}", "Content-Length: 10", "Expect: 100-continue"],
        )
    )
    first = channel.head()
    expect(first is not None and first.status == 401, "not 401 first")


@case(
    "early",
    "a wrong token does not wait for a slow head's body",
    "DESIGN 4: authentication is in the head's phase",
)
def _(env):
    channel = env.connect()
    channel.send(plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", "Transfer-Encoding: chunked"]))
    response = channel.response(seconds=1.0)
    expect(response is not None and response.status == 401, "no answer at once")


@case("upgrade", "a websocket on /v1/responses gets 426", "issue 2")
def _(env):
    response = env.exchange(
        plain(
            env,
            [
                "GET /v1/responses HTTP/1.1",
                "{HOST}",
                "{AUTH}",
                "Connection: Upgrade",
                "Upgrade: websocket",
                "Sec-WebSocket-Version: 13",
                "Sec-WebSocket-Key: eA==",
            ],
        )
    )
    expect(response.status == 426, f"{response.status}")
    expect(response.get("upgrade") is not None, "no Upgrade field (RFC 9110 15.5.22)")
    expect(
        b"upgrade" in (response.get("connection") or b"").lower(),
        "Connection does not name Upgrade (RFC 9110 7.8: a sender of Upgrade MUST)",
    )


@case(
    "upgrade",
    "h2c is not granted, the request is served",
    "RFC 9110 7.8: a server MAY ignore Upgrade",
)
def _(env):
    fields = [
        "Connection: Upgrade, HTTP2-Settings",
        "Upgrade: h2c",
        "HTTP2-Settings: AAMAAABkAAQAAP__",
    ]
    channel = env.connect()
    for _ in range(2):
        response = env.ask(channel, env.request(fields=fields))
        expect(response.status == 200, f"{response.status}")
    for request in env.reached(2):
        names = " ".join(request.names()).lower()
        expect("upgrade" not in names and "http2" not in names, names)
        expect(request.body == request_body("openai-chat").replace(b"chat/m", b"m"), "the body")


@case(
    "upgrade", "a chunked request with Upgrade keeps its body", "RFC 9112: framing does not change"
)
def _(env):
    body = request_body("openai-chat")
    lines = [
        "POST /v1/chat/completions HTTP/1.1",
        "{HOST}",
        "{AUTH}",
        "Connection: upgrade",
        "Upgrade: websocket",
        "Transfer-Encoding: chunked",
    ]
    data = plain(env, lines, b"%x\r\n%s\r\n0\r\n\r\n" % (len(body), body))
    channel = env.connect()
    for _ in range(2):
        expect(env.ask(channel, data).status == 200, "")
    env.reached(2)


@case("expect", "Expect: 100-continue is answered before the body", "RFC 9110 10.1.1; issue 3")
def _(env):
    for value in ("100-continue", "100-Continue"):
        channel, body = env.connect(), request_body("openai-chat")
        whole = env.request(fields=["Expect: " + value])
        channel.send(whole[: -len(body)])
        interim = channel.head()
        expect(interim is not None and interim.status == 100 and not interim.fields, "no 100")
        channel.send(body)
        final = channel.response()
        expect(final is not None and final.status == 200, "no answer")
    for request in env.reached(2):
        expect(not request.all("expect"), "Expect at the upstream")


@case("expect", "no 100 for HTTP/1.0", "RFC 9110 10.1.1: MUST NOT")
def _(env):
    data, channel = env.request(fields=["Expect: 100-continue"], version="1.0"), env.connect()
    channel.send(data[:-5])
    expect(not channel.pull(0.3) or b" 100 " not in channel.raw, "a 100")
    channel.send(data[-5:])
    expect(channel.head().status == 200, "")


@case("expect", "a body too large gets 413, not 100", "RFC 9110 10.1.1")
def _(env):
    channel = env.connect()
    channel.send(
        plain(
            env,
            [
                "POST /v1/messages HTTP/1.1",
                "{HOST}",
                "{AUTH}",
                "Content-Length: 999999999999",
                "Expect: 100-continue",
            ],
        )
    )
    first = channel.head()
    expect(first is not None and first.status == 413, "not 413 first")


for value in ("200-ok", "100-continue, 100-continue", "100-continue;x", "x=y"):

    @case(
        "expect",
        f"Expect: {value} gets 417",
        "RFC 9110 10.1.1 (MAY)",
        "RFC 9110 lets a server ignore it",
    )
    def _(env, value=value):
        env.refused(env.request(fields=["Expect: " + value]), {417, 400}, closes=False)


@case("early", "a connection refused a body is not kept, one without a body is", "RFC 9112 9.3")
def _(env):
    channel = env.connect()
    data = plain(env, ["GET /nothing HTTP/1.1", "{HOST}", "{AUTH}"])
    for _ in range(3):
        expect(env.ask(channel, data).status == 404, "")
