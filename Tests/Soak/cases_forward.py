"""What reaches the upstream of a sound request: the same bytes but for the model and the credentials."""
import json
import threading
import time

from kit import KEY, KEY_FIELD, TOKEN, WIRES, eventually, expect, request_body
from suite import case, dialect_error

FORWARDED = [
    "anthropic-version: 2023-06-01", "anthropic-beta: a,b", "User-Agent: claude-cli/2.0 (external)",
    "x-stainless-lang: js", "X-Unknown: v", "x-CaSe-Kept: MiXeD", "X-Empty:", "Session_Id: 1", "Accept: */*",
    "Content-Type: application/json", "Idempotency-Key: k", "traceparent: 00-a-b-01", "X-Dots.in.name: 1",
    "X!#$%&'*+-.^_`|~: token", "X-Obs: caf\xe9 \xff\x80", "X-Inner: a \t b", "Date: Tue, 15 Nov 1994 08:12:31 GMT",
    "If-None-Match: \"x\"", "Range: bytes=0-1", "Via: 1.0 fred", "Forwarded: for=1.2.3.4", "X-Forwarded-For: 1.2.3.4",
    "Content-Language: de", "Priority: u=1", "X-Long: " + "y" * 20000, "Cache-Control: no-cache", "openai-organization: o",
]
DROPPED = [
    "Cookie: a=b", "Referer: http://127.0.0.1/x", "Sec-Fetch-Mode: cors", "sec-ch-ua: x", "TE: trailers",
    "Keep-Alive: timeout=5", "Proxy-Connection: keep-alive", "Proxy-Authorization: Basic eA==", "Upgrade: x",
    "Trailer: X", "Origin: http://127.0.0.1:{PORT}", "Expect: 100-continue", "Sec-WebSocket-Key: x",
    "HTTP2-Settings: AAMAAABkAAQAAP__", "x-api-key: {TOKEN}", "X-Goog-Api-Key: {TOKEN}",
]


def forwarded(request):
    """The fields at the upstream that the client chose."""
    own = ("host", "content-length", "accept-encoding", "authorization", "x-api-key", "x-goog-api-key")
    return [(name, value) for name, value in request.fields if name.decode("latin-1").lower() not in own]


for text in FORWARDED:
    @case("forward", f"{text[:40]!r} goes on as it came", "issue 2: every end-to-end field, in its order")
    def _(env, text=text):
        expect(env.exchange(env.request(fields=[text])).status == 200, "")
        name, _, value = text.encode("latin-1").partition(b":")
        expect(forwarded(env.reached()[0]) == [(name, value.strip())], f"{env.reached()[0].raw_head!r}")

for text in DROPPED:
    @case("forward", f"{text[:40]!r} ends here", "issue 2; RFC 9110 7.6.1")
    def _(env, text=text):
        expect(env.exchange(env.request(fields=[text])).status == 200, "")
        expect(forwarded(env.reached()[0]) == [], f"{env.reached()[0].raw_head!r}")
        expect(TOKEN.encode() not in env.reached()[0].raw_head, "the token")

for text, kept in [
        ("Connection: close, x-a", []), ("Connection: X-A", []), ("Connection: keep-alive,\tx-a ,", []),
        ("Connection: close\r\nConnection: x-A", []), ("Connection: x-ab", ["X-A"]), ("Connection: ,,x-a,,", []),
        ("Connection: content-length, host, authorization", ["X-A"]), ("Connection: content-type", ["X-A"])]:
    @case("forward", f"{text!r}: what it names ends here", "RFC 9110 7.6.1")
    def _(env, text=text, kept=kept):
        response = env.exchange(env.request(fields=["X-A: 1", *text.split("\r\n")]))
        expect(response.status == 200, f"{response.status}")
        request = env.reached()[0]
        expect([name.decode() for name, _ in forwarded(request)] == kept, f"{request.raw_head!r}")
        expect(request.get("authorization") == b"Bearer " + KEY.encode(), "credentials")


@case("forward", "order and repetition survive", "issue 2: in its order")
def _(env):
    fields = ["X-B: 1", "x-a: 2", "X-B: 3", "Accept: a", "X-C:", "Accept: b", "X-B: 1"]
    env.exchange(env.request(fields=fields))
    got = [name + b": " + value for name, value in forwarded(env.reached()[0])]
    expect(got == [field.encode().replace(b"X-C:", b"X-C: ") for field in fields], f"{got}")


@case("forward", "blanks around values are not part of them", "RFC 9112 5.1")
def _(env):
    env.exchange(env.request(fields=["X-A: \t 1 \t ", "X-B:2", "X-C:\t"]))
    expect([value for _, value in forwarded(env.reached()[0])] == [b"1", b"2", b""], "")
    expect(b"1 \t" not in env.reached()[0].raw_head, "trailing blanks went on")


for wire, (provider, _, target, upstream_target) in WIRES.items():
    @case("forward", f"{wire}: path, key and body", "issue 2")
    def _(env, wire=wire, target=target, upstream_target=upstream_target):
        body = b' { "a" : 1.0e+02 , "model" :\n"%s/m", "b":"\\u00e9\\/" }\r\n' % WIRES[wire][0].encode()
        expect(env.exchange(env.request(wire, body=body)).status == 200, "")
        request = env.reached()[0]
        expect(request.line == f"POST {upstream_target} HTTP/1.1".encode(), f"{request.line}")
        credentials = request.get(KEY_FIELD[wire])
        expect(credentials in (KEY.encode(), b"Bearer " + KEY.encode()), f"{credentials}")
        expect(sum(len(request.all(name)) for name in ("authorization", "x-api-key", "x-goog-api-key")) == 1, "keys")
        expect(request.get("host") == f"127.0.0.1:{env.upstream.port}".encode(), "host")
        same = body if wire == "gemini" else body.replace(b'"%s/m"' % WIRES[wire][0].encode(), b'"m"')
        expect(request.body == same, f"{request.body}")

QUERIES = [("?a=b", "?a=b"), ("?a=b&c=%20d&&", "?a=b&c=%20d&&"), ("?", "?"), ("?beta=true", "?beta=true"), ("?a=/../?x", "?a=/../?x")]
for sent, got in QUERIES:
    @case("forward", f"the query {sent!r} goes on", "DESIGN 5: the query is not looked at")
    def _(env, sent=sent, got=got):
        expect(env.exchange(env.request("anthropic-messages", target="/v1/messages" + sent)).status == 200, "")
        expect(env.reached()[0].line == f"POST /base/v1/messages{got} HTTP/1.1".encode(), f"{env.reached()[0].line}")

GEMINI = [
    ("gem/m:generateContent", "m:generateContent"), ("gem%2Fm:generateContent?key={TOKEN}", "m:generateContent"),
    ("gem%2fm:streamGenerateContent?alt=sse&key=x&b=1", "m:streamGenerateContent?alt=sse&b=1"),
    ("gem/m:countTokens?key=x&alt=sse", "m:countTokens?alt=sse"),
    ("gem/a:b:c:generateContent", "a:b:c:generateContent"), ("gem/x/y/z:generateContent", "x/y/z:generateContent"),
    ("gem/a%20b:generateContent", "a%20b:generateContent"), ("gem/a%3Fb:generateContent", "a%3Fb:generateContent"),
    ("gem/a%23b:generateContent", "a%23b:generateContent"), ("gem/%C3%A9:generateContent", "%C3%A9:generateContent"),
    ("gem/a%25b:generateContent", "a%25b:generateContent"), ("gem/a%0d%0aX:%20y:generateContent", "a%0D%0AX:%20y:generateContent"),
    ("gem/m%5B1m%5D:generateContent", "m:generateContent"), ("gem/m:generateContent?monkey=1&key=&keys=2", "m:generateContent?monkey=1&keys=2"),
    ("gem/m:generateContent?%6bey=x", "m:generateContent"), ("gem/m:generateContent?a=1&key=b;c&d", "m:generateContent?a=1&d"),
]
for sent, got in GEMINI:
    @case("gemini", f"{sent!r}", "issue 2; DESIGN 8: the client's key never reaches the provider")
    def _(env, sent=sent, got=got):
        target = env.fill("/v1beta/models/" + sent).decode("latin-1")
        response = env.exchange(env.request("gemini", target=target))
        expect(response.status == 200, f"{response.status} {response.body}")
        line = env.reached()[0].line.decode()
        expect(line == f"POST /base/v1beta/models/{got} HTTP/1.1", line)

for sent in ("gem/..%2F..%2Fadmin:generateContent", "gem/../../admin:generateContent", "gem/.:generateContent",
             "gem/a/..%2f..:generateContent", "gem/..:generateContent"):
    @case("gemini", f"{sent!r}: no dot segments at the provider", "RFC 3986 5.2.4; the key is not for other paths")
    def _(env, sent=sent):
        env.exchange(env.request("gemini", target="/v1beta/models/" + sent))
        for request in env.upstream.requests:
            path = request.line.split(b" ")[1].split(b"?")[0]
            expect(not {b".", b".."} & {part.split(b":")[0] for part in path.split(b"/")}, f"{request.line}")

for sent in ("gem/%zz:generateContent", "gem/%:generateContent", "gem/%ff%fe:generateContent", "gem/:generateContent"):
    @case("gemini", f"{sent!r}: a clear 400 or 404", "issue 2: bad input")
    def _(env, sent=sent):
        response = env.refused(env.request("gemini", target="/v1beta/models/" + sent), {400, 404}, closes=False)
        dialect_error("gemini", response)


@case("framing", "a chunked request leaves with a Content-Length", "DESIGN 3.7")
def _(env):
    body = request_body("openai-chat", pad="p" * 5000)
    fields = [env.host, f"Authorization: Bearer {TOKEN}", "transfer-encoding: CHUNKED ", "X-A: 1", "Trailer: X-T"]
    top = "\r\n".join(["POST /v1/chat/completions HTTP/1.1", *fields, "", ""]).encode()
    parts = [body[at:at + 700] for at in range(0, len(body), 700)]
    framed = b"".join(b"%04X;ext=\"a;b\"\r\n%s\r\n" % (len(part), part) for part in parts)
    trailer = b"0;last\r\nX-T: evil\r\nAuthorization: Bearer evil\r\nHost: evil\r\n\r\n"
    channel = env.connect()
    for _ in range(2):
        expect(env.ask(channel, top + framed + trailer).status == 200, "")
    for request in env.reached(2):
        expect(request.body == body.replace(b"chat/m", b"m"), "another body")
        expect(b"evil" not in request.raw_head, "trailers among the fields")


@case("framing", "a request in single bytes", "RFC 9112: reads fall anywhere")
def _(env):
    channel = env.connect()
    for byte in env.request():
        channel.send(bytes([byte]))
    expect(channel.response().status == 200, "")
    env.reached()


@case("framing", "leading zeros and blanks in Content-Length", "RFC 9110 8.6: 1*DIGIT")
def _(env):
    body = request_body("openai-chat")
    data = env.request().replace(b"Content-Length: ", b"Content-Length: \t000")
    expect(env.exchange(data).status == 200, "")
    expect(env.reached()[0].get("content-length") == str(len(body) - 5).encode(), "the length at the upstream")


@case("framing", "empty lines before a request are skipped", "RFC 9112 2.2: SHOULD ignore")
def _(env):
    channel = env.connect()
    for _ in range(3):
        expect(env.ask(channel, b"\r\n" + env.request()).status == 200, "")
    env.reached(3)


@case("framing", "an empty line after a request is no request", "RFC 9112 2.2; issue 2: one record for each exchange")
def _(env):
    known = env.mark()
    channel = env.connect()
    expect(env.ask(channel, env.request()).status == 200, "")
    channel.send(b"\r\n")
    time.sleep(0.1)
    channel.close()
    time.sleep(0.2)  # an end is read in a turn of its own
    env.records(known, 1)


@case("framing", "1,000 pipelined requests are answered in order, ten times", "issue 3: pipelining")
def _(env):
    def script(channel, request):
        return channel.send(b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\n" + request.get("x-id"))
    for _ in range(10):
        env.begin(script)
        channel = env.connect()
        data = b"".join(env.request(fields=[f"X-Id: {index:04d}"]) for index in range(1000))
        sender = threading.Thread(target=channel.send, args=(data,))
        sender.start()
        for index in range(1000):
            response = channel.response()
            body = response and response.body
            expect(body == b"%04d" % index, f"the answer {index}: {body}")
        sender.join()
        env.reached(1000)


@case("framing", "pipelined requests, a bad one among them", "issue 3: 400 and a close; what follows is void")
def _(env):
    channel = env.connect()
    channel.send(env.request() + b"BAD\r\n\r\n" + env.request())
    expect(channel.response().status == 200, "the first")
    second = channel.response()
    expect(second is not None and second.status == 400, "the second")
    expect(channel.rest() == b"", "a third")
    env.reached(1)


@case("framing", "pipelined behind Connection: close", "RFC 9112 9.6: no more requests")
def _(env):
    channel = env.connect()
    channel.send(env.request(fields=["Connection: close"]) + env.request())
    expect(channel.response().get("connection") == b"close", "no close")
    expect(channel.closed(), "more, or open")
    env.reached(1)


@case("framing", "a client that half-closes behind its request gets the answer", "RFC 9112 9.6 allows it; shell tools do it",
      "DESIGN 3 takes an end for a client gone; nginx does as well")
def _(env):
    channel = env.connect()
    channel.send(env.request())
    channel.half_close()
    response = channel.response()
    expect(response is not None and response.status == 200, "no answer")


for version, field, stays in [("1.0", "X: y", False), ("1.0", "Connection: keep-alive", True),
                              ("1.0", "Connection: close", False), ("1.1", "Connection: close", False),
                              ("1.1", "Connection: Close", False), ("1.1", "Connection: keep-alive, close", False),
                              ("1.1", "X: y", True)]:
    @case("keep-alive", f"HTTP/{version} with {field!r}: {'stays' if stays else 'closes'}", "RFC 9112 9.3")
    def _(env, version=version, field=field, stays=stays):
        channel = env.connect()
        response = env.ask(channel, env.request(fields=[field], version=version))
        expect(response.status == 200 and response.line.startswith(b"HTTP/1.1 "), f"{response.line}")
        if stays:
            if version == "1.0":
                expect((response.get("connection") or b"").lower() == b"keep-alive", "no keep-alive")
            expect(env.ask(channel, env.request()).status == 200, "")
        else:
            expect(channel.closed(), "left open")
        expect(env.reached(2 if stays else 1)[0].line.endswith(b"HTTP/1.1"), "the version at the upstream")


@case("keep-alive", "HTTP/1.0 without Host is served", "RFC 9112 3.2 wants it of 1.1 only", "refusing is safe, too")
def _(env):
    data = env.request(version="1.0").replace(env.host.encode() + b"\r\n", b"")
    expect(env.exchange(data).status == 200, "")


@case("keep-alive", "the connection to the upstream is used again", "DESIGN 4: pool")
def _(env):
    for _ in range(5):
        expect(env.exchange(env.request()).status == 200, "")
    expect(env.upstream.connections == 1, f"{env.upstream.connections} connections")


@case("records", "one record for each request, on every path", "issue 2")
def _(env):
    known = env.mark()
    env.exchange(env.request())
    env.exchange(env.request(authorized=False))
    env.exchange(b"BAD\r\n\r\n")
    env.exchange(env.request(target="/nothing"))
    env.exchange(env.request(body=b"{"))
    channel = env.connect()
    channel.send(env.request()[:-5])  # a head, and a part of its body
    channel.close()
    env.connect().close()
    time.sleep(0.2)  # an end is read in a turn of its own
    records = env.records(known, 6)
    expect(len({record["id"] for record in records}) == 6, f"{records}")


@case("models", "both shapes", "issue 2")
def _(env):
    data = ["GET /v1/models?x=1 HTTP/1.1", "{HOST}", "{AUTH}"]
    value = json.loads(env.exchange(env.fill("\r\n".join([*data, "", ""]))).body)
    expect(value["object"] == "list" and value["data"][0]["id"] == "agentroute-heavy", f"{value}")
    value = json.loads(env.exchange(env.fill("\r\n".join([*data, "anthropic-version: 2023-06-01", "", ""]))).body)
    expect(value["data"][0]["type"] == "model" and "has_more" in value, f"{value}")


@case("cancel", "a client gone before the head: the upstream is closed at once", "issue 2, 5")
def _(env):
    for leave in ("close", "reset"):
        env.begin(lambda channel, _: channel.rest(60) and False)
        channel = env.connect()
        channel.send(env.request())
        env.reached()
        getattr(channel, leave)()
        eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case("cancel", "a client gone behind a pipelined request: the upstream is closed at once", "issue 2, 5")
def _(env):
    env.begin(lambda channel, _: channel.rest(60) and False)
    channel = env.connect()
    channel.send(env.request() + env.request())
    env.reached()
    channel.close()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


@case("cancel", "a client gone behind 300 KB of pipelined requests: closed at once, too", "issue 2, 5")
def _(env):
    env.begin(lambda channel, _: channel.rest(60) and False)
    channel = env.connect()
    channel.send(env.request() + env.request(body=request_body("openai-chat", pad="p" * 300_000)))
    env.reached()
    channel.reset()
    eventually(lambda: env.upstream.ends, "the upstream's connection stays", 1.0)


