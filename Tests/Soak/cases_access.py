"""Who may come in: token, Host, Origin, method, path; and what an early refusal does to the connection."""
from kit import TOKEN, WIRES, answer, expect, request_body
from suite import case, dialect_error

BAD_TOKENS = [
    "X: y", "Authorization: Bearer", "Authorization: Bearer ", "Authorization: Bearer wrong",
    "Authorization: {TOKEN}", "Authorization: Basic {TOKEN}", "Authorization: Bearer{TOKEN}",
    "Authorization: Bearer {TOKEN}x", "Authorization: Bearer x{TOKEN}", "Authorization: Bearer {TOKEN} x",
    "Authorization: Bearer Bearer {TOKEN}", "Authorization: Bearer {TOKEN},", 'Authorization: Bearer "{TOKEN}"',
    "X-Api-Key:", "X-Api-Key: wrong", "X-Api-Key: Bearer {TOKEN}", "X-Goog-Api-Key: {TOKEN}x",
    "Cookie: token={TOKEN}", "Proxy-Authorization: Bearer {TOKEN}", "X-Auth-Token: {TOKEN}",
    "Api-Key: {TOKEN}", "Authorization: Bearer " + TOKEN[:-1], "Authorization: Bearer " + TOKEN.upper(),
    "Authorization: Bearer " + "a" * 8000, "Authorization: Bearer " + "\xe9" * 10,
]
GOOD_TOKENS = [
    "Authorization: Bearer {TOKEN}", "authorization: bearer {TOKEN}", "AUTHORIZATION: BEARER {TOKEN}",
    "Authorization:Bearer {TOKEN}", "Authorization: \t Bearer {TOKEN} \t", "x-api-key: {TOKEN}",
    "X-API-KEY:{TOKEN}", "x-goog-api-key: {TOKEN}",
]
GOOD_HOSTS = ["127.0.0.1:{PORT}", "localhost:{PORT}", "[::1]:{PORT}", "LocalHost:{PORT}", "127.0.0.1:{PORT} "]
FOREIGN_HOSTS = [
    "evil.example", "evil.example:{PORT}", "127.0.0.1", "localhost", "127.0.0.1:1", "localhost:80",
    "127.0.0.1.evil.example:{PORT}", "localhost.evil.example:{PORT}", "evil-localhost:{PORT}",
    "xlocalhost:{PORT}", "localhost:{PORT}0", "localhost:{PORT}.evil", "localhost:{PORT}@evil.example",
    "evil.example@localhost:{PORT}", "0.0.0.0:{PORT}", "127.0.0.2:{PORT}", "127.1:{PORT}",
    "2130706433:{PORT}", "0x7f000001:{PORT}", "[::]:{PORT}", "[::ffff:127.0.0.1]:{PORT}",
    "localhost.:{PORT}", "localhost :{PORT}", "localhost: {PORT}", "localhost:{PORT},evil.example",
    "evil.example,localhost:{PORT}", "127.0.0.1:{PORT}/", "http://127.0.0.1:{PORT}", "[::1:{PORT}",
    "localhost:0{PORT}", "localtest.me:{PORT}", "a.localhost:{PORT}", "192.168.0.1:{PORT}",
]
FOREIGN_ORIGINS = [
    "http://evil.example", "https://evil.example", "null", "http://localhost", "http://127.0.0.1:1",
    "http://127.0.0.1:{PORT}.evil.example", "http://127.0.0.1:{PORT}@evil.example", "file://",
    "chrome-extension://abcdef", "http://evil.example:{PORT}", "127.0.0.1:{PORT}", "*",
    "http://localhost.evil.example:{PORT}", "http://evil.example http://127.0.0.1:{PORT}", "",
]


def plain(env, lines, body=b""):
    """A request of just these lines."""
    return env.fill("\r\n".join([*lines, "", ""])) + body


for text in BAD_TOKENS:
    for wire in ("openai-chat", "anthropic-messages"):
        @case("token", f"{wire}: {text[:60]!r} is refused", "DESIGN 8; issue 3: 401 with WWW-Authenticate")
        def _(env, text=text, wire=wire):
            response = env.refused(env.request(wire, [text], authorized=False), {401})
            expect((response.get("www-authenticate") or b"").lower().startswith(b"bearer"), "no challenge")
            dialect_error(wire, response)

for text in GOOD_TOKENS:
    @case("token", f"{text!r} is accepted", "DESIGN 8")
    def _(env, text=text):
        response = env.exchange(env.request(fields=[text], authorized=False))
        expect(response.status == 200, f"{response.status}")
        raw = env.reached()[0].raw_head
        expect(TOKEN.encode() not in raw, "the client's token at the provider")

for text in ["/v1/models", "/", "/nothing", "/v1/messages", "/healthz/", "/healthz/../v1/models", "//healthz"]:
    @case("token", f"GET {text} wants a token", "DESIGN 8: every request but GET /healthz")
    def _(env, text=text):
        env.refused(plain(env, [f"GET {text} HTTP/1.1", "{HOST}"]), {401}, closes=False)

for text in GOOD_HOSTS:
    @case("host", f"{text!r} is ours", "DESIGN 8")
    def _(env, text=text):
        response = env.exchange(plain(env, ["GET /healthz HTTP/1.1", "Host: " + text]))
        expect(response.status == 200 and len(response.body) < 20, f"{response.status} {response.body}")

for text in FOREIGN_HOSTS:
    @case("host", f"{text!r} is foreign", "DESIGN 8: DNS rebinding")
    def _(env, text=text):
        for path in ("/healthz", "/v1/models"):
            env.refused(plain(env, [f"GET {path} HTTP/1.1", "Host: " + text, "{AUTH}"]), {400, 403, 421},
                        closes=False)

for text in FOREIGN_ORIGINS:
    @case("origin", f"{text!r} is refused", "DESIGN 8: refused before routing, no CORS headers")
    def _(env, text=text):
        response = env.refused(env.request(fields=["Origin: " + text]), {403})
        expect(not any(name.lower().startswith("access-control") for name in response.names()), "CORS")


@case("origin", "two Origins, the last ours, the first foreign", "DESIGN 8: any foreign Origin is refused")
def _(env):
    env.refused(env.request(fields=["Origin: http://evil.example", "Origin: http://127.0.0.1:{PORT}"]), {400, 403})


@case("origin", "a preflight gets no CORS headers", "DESIGN 8: no CORS")
def _(env):
    response = env.refused(plain(env, [
        "OPTIONS /v1/messages HTTP/1.1", "{HOST}", "Origin: http://evil.example",
        "Access-Control-Request-Method: POST"]), {401, 403, 405}, closes=False)
    expect(not any(name.lower().startswith("access-control") for name in response.names()), "CORS")


@case("origin", "a foreign Origin is refused on health, too", "DESIGN 8: before routing")
def _(env):
    env.refused(plain(env, ["GET /healthz HTTP/1.1", "{HOST}", "Origin: http://evil.example"]), {403}, closes=False)


@case("host", "an absolute target with a foreign authority", "RFC 9112 3.2.2; DESIGN 8")
def _(env):
    env.refused(plain(env, ["GET http://evil.example/healthz HTTP/1.1", "{HOST}", "{AUTH}"]), {400, 403, 421}, closes=False)


@case("host", "an absolute target of ours with a foreign Host", "RFC 9112 3.2.2; DESIGN 8: Host decides")
def _(env):
    env.refused(plain(env, ["GET http://127.0.0.1:{PORT}/healthz HTTP/1.1", "Host: evil.example"]),
                {400, 403, 421}, closes=False)


@case("host", "an absolute target of ours is served", "RFC 9112 3.2.2: a server MUST accept it")
def _(env):
    for scheme in ("http", "HTTP"):
        response = env.exchange(plain(env, [f"GET {scheme}://127.0.0.1:{{PORT}}/v1/models HTTP/1.1", "{HOST}", "{AUTH}"]))
        expect(response.status == 200, f"{response.status}")
    target = f"http://{env.authority}/v1/chat/completions?a=b"
    expect(env.exchange(env.request(target=target)).status == 200, "POST")
    expect(env.reached()[0].line == b"POST /base/v1/chat/completions?a=b HTTP/1.1", "the upstream's target")


for wire, (_, _, target, _) in WIRES.items():
    for method in ("GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "QUERY"):
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
    @case("method", f"{method}: an unknown method is 405 or 501", "RFC 9110 9.1 and 15.6.2; methods are case-sensitive",
          "a server may take an unknown method for malformed (400); nginx says 405, HAProxy passes it on")
    def _(env, method=method):
        env.refused(env.request(method=method), {405, 501}, closes=False)


@case("method", "CONNECT opens no tunnel", "RFC 9110 9.3.6; the bytes behind it are never a request")
def _(env):
    env.refused(plain(env, ["CONNECT {HOST} HTTP/1.1".replace("Host: ", ""), "{HOST}", "{AUTH}"]),
                {400, 403, 404, 405, 501}, closes=False)


@case("method", "OPTIONS * is answered", "RFC 9112 3.2.4")
def _(env):
    response = env.exchange(plain(env, ["OPTIONS * HTTP/1.1", "{HOST}", "{AUTH}"]))
    expect(response.status in (200, 204, 404, 405), f"{response.status}")


@case("method", "405 on health and models names GET", "RFC 9110 15.5.6")
def _(env):
    for path in ("/v1/models", "/healthz", "/health"):
        response = env.exchange(plain(env, [f"DELETE {path} HTTP/1.1", "{HOST}", "{AUTH}"]))
        expect(response.status == 405 and b"GET" in (response.get("allow") or b""), f"{path} {response.status}")


for path in ("/healthz", "/health", "/v1/models", "/nothing"):
    @case("method", f"HEAD {path}: GET's head, no body", "RFC 9110 9.3.2")
    def _(env, path=path):
        get, channel = plain(env, [f"GET {path} HTTP/1.1", "{HOST}", "{AUTH}"]), env.connect()
        first = env.ask(channel, get.replace(b"GET", b"HEAD"), is_head=True)
        second = env.ask(channel, get) if first.get("connection") != b"close" else env.exchange(get)
        expect(first.status == second.status, f"{first.status} {second.status}")
        expect(first.get("content-type") == second.get("content-type"), "another content-type")
        expect(abs(int(first.get("content-length")) - len(second.body)) < 3, "another length")


PATHS = ["/V1/messages", "/v1/messages/", "//v1/messages", "/v1//messages", "/v1/./messages", "/v1/x/../messages",
         "/v1/%6dessages", "/v1/messages%2f", "/v1/messages;x=1", "/v1/messages%00", "/v1/chat/completions/..",
         "/v1/messagesx", "/v1/message", "/v1", "", "/v1beta/models/gem%2Fm", "/v1beta/models/:generateContent",
         "/v1beta/models/gem%2Fm:", "/v1beta/models/gem%2Fm:embedContent", "/v1beta/models/gem%2Fm:generatecontent"]
for path in PATHS:
    @case("path", f"{path!r} is not found", "DESIGN 5: the path decides, byte for byte")
    def _(env, path=path):
        data = plain(env, [f"POST {path or '/'} HTTP/1.1", "{HOST}", "{AUTH}", "Content-Length: 2"], b"{}")
        env.refused(data, {400, 404}, closes=False)


@case("early", "401 comes before the body, which is never a request", "issue 3")
def _(env):
    channel = env.connect()
    inner = env.request()
    channel.send(plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", f"Content-Length: {len(inner)}"]))
    response = channel.response()
    expect(response is not None and response.status == 401, "no 401 before the body")
    channel.send(inner + inner)
    expect(channel.rest() == b"" and channel.end in ("eof", "reset"), "answered again, or left open")
    env.unreached()


for status, lines in [(401, ["{HOST}"]), (404, ["{HOST}", "{AUTH}"]), (403, ["Host: evil", "{AUTH}"]),
                      (417, ["{HOST}", "{AUTH}", "Expect: x"])]:
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


@case("early", "Expect: 100-continue with a wrong token gets 401 and no 100", "issue 3; RFC 9110 10.1.1")
def _(env):
    channel = env.connect()
    channel.send(plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", "Content-Length: 10", "Expect: 100-continue"]))
    first = channel.head()
    expect(first is not None and first.status == 401, "not 401 first")


@case("early", "a wrong token does not wait for a slow head's body", "DESIGN 4: authentication is in the head's phase")
def _(env):
    channel = env.connect()
    channel.send(plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", "Transfer-Encoding: chunked"]))
    response = channel.response(seconds=1.0)
    expect(response is not None and response.status == 401, "no answer at once")


@case("token", "the token is not taken from the query", "DESIGN 8: three header fields")
def _(env):
    env.begin(answer(200, b"{}"))
    target = WIRES["gemini"][2] + "&key=" + TOKEN
    env.refused(env.request("gemini", authorized=False, target=target), {401})


@case("upgrade", "a websocket on /v1/responses gets 426", "issue 2")
def _(env):
    response = env.exchange(plain(env, [
        "GET /v1/responses HTTP/1.1", "{HOST}", "{AUTH}", "Connection: Upgrade", "Upgrade: websocket",
        "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: eA=="]))
    expect(response.status == 426, f"{response.status}")
    expect(response.get("upgrade") is not None, "no Upgrade field (RFC 9110 15.5.22)")
    expect(b"upgrade" in (response.get("connection") or b"").lower(),
           "Connection does not name Upgrade (RFC 9110 7.8: a sender of Upgrade MUST)")


@case("upgrade", "h2c is not granted, the request is served", "RFC 9110 7.8: a server MAY ignore Upgrade")
def _(env):
    fields = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"]
    channel = env.connect()
    for _ in range(2):
        response = env.ask(channel, env.request(fields=fields))
        expect(response.status == 200, f"{response.status}")
    for request in env.reached(2):
        names = " ".join(request.names()).lower()
        expect("upgrade" not in names and "http2" not in names, names)
        expect(request.body == request_body("openai-chat").replace(b"chat/m", b"m"), "the body")


@case("upgrade", "a chunked request with Upgrade keeps its body", "RFC 9112: framing does not change")
def _(env):
    body = request_body("openai-chat")
    lines = ["POST /v1/chat/completions HTTP/1.1", "{HOST}", "{AUTH}", "Connection: upgrade", "Upgrade: websocket",
             "Transfer-Encoding: chunked"]
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
        channel.send(whole[:-len(body)])
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
    channel.send(plain(env, ["POST /v1/messages HTTP/1.1", "{HOST}", "{AUTH}", "Content-Length: 999999999999",
                             "Expect: 100-continue"]))
    first = channel.head()
    expect(first is not None and first.status == 413, "not 413 first")


for value in ("200-ok", "100-continue, 100-continue", "100-continue;x", "x=y"):
    @case("expect", f"Expect: {value} gets 417", "RFC 9110 10.1.1 (MAY)", "RFC 9110 lets a server ignore it")
    def _(env, value=value):
        env.refused(env.request(fields=["Expect: " + value]), {417, 400}, closes=False)


@case("early", "a connection refused a body is not kept, one without a body is", "RFC 9112 9.3")
def _(env):
    channel = env.connect()
    data = plain(env, ["GET /nothing HTTP/1.1", "{HOST}", "{AUTH}"])
    for _ in range(3):
        expect(env.ask(channel, data).status == 404, "")




for name, lines in [("no Host", []), ("two Hosts", ["{HOST}", "{HOST}"]), ("a foreign second Host", ["{HOST}", "Host: x"])]:
    @case("host", f"{name} in a request without a body: 400 and a close", "issue 3: missing or double Host")
    def _(env, lines=lines):
        for target in ("/healthz", "/v1/models"):
            env.refused(plain(env, [f"GET {target} HTTP/1.1", *lines, "{AUTH}"]), {400})
