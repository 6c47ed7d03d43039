"""What reaches the upstream of a sound request: the same bytes but for the model and the credentials."""

from kit import KEY, KEY_FIELD, TOKEN, WIRES, expect
from suite import case, dialect_error

FORWARDED = [
    "anthropic-version: 2023-06-01",
    "anthropic-beta: a,b",
    "User-Agent: claude-cli/2.0 (external)",
    "x-stainless-lang: js",
    "X-Unknown: v",
    "x-CaSe-Kept: MiXeD",
    "X-Empty:",
    "Session_Id: 1",
    "Accept: */*",
    "Content-Type: application/json",
    "Idempotency-Key: k",
    "traceparent: 00-a-b-01",
    "X-Dots.in.name: 1",
    "X!#$%&'*+-.^_`|~: token",
    "X-Obs: caf\xe9 \xff\x80",
    "X-Inner: a \t b",
    "Date: Tue, 15 Nov 1994 08:12:31 GMT",
    'If-None-Match: "x"',
    "Range: bytes=0-1",
    "Via: 1.0 fred",
    "Forwarded: for=1.2.3.4",
    "X-Forwarded-For: 1.2.3.4",
    "Content-Language: de",
    "Priority: u=1",
    "X-Long: " + "y" * 20000,
    "Cache-Control: no-cache",
    "openai-organization: o",
]
DROPPED = [
    "Cookie: a=b",
    "Referer: http://127.0.0.1/x",
    "Sec-Fetch-Mode: cors",
    "sec-ch-ua: x",
    "TE: trailers",
    "Keep-Alive: timeout=5",
    "Proxy-Connection: keep-alive",
    "Proxy-Authorization: Basic eA==",
    "Upgrade: x",
    "Trailer: X",
    "Origin: http://127.0.0.1:{PORT}",
    "Expect: 100-continue",
    "Sec-WebSocket-Key: x",
    "HTTP2-Settings: AAMAAABkAAQAAP__",
    "x-api-key: {TOKEN}",
    "X-Goog-Api-Key: {TOKEN}",
]


def forwarded(request):
    """The fields at the upstream that the client chose."""
    own = (
        "host",
        "content-length",
        "accept-encoding",
        "authorization",
        "x-api-key",
        "x-goog-api-key",
    )
    return [
        (name, value) for name, value in request.fields if name.decode("latin-1").lower() not in own
    ]


for text in FORWARDED:

    @case(
        "forward",
        f"{text[:40]!r} goes on as it came",
        "issue 2: every end-to-end field, in its order",
    )
    def _(env, text=text):
        expect(env.exchange(env.request(fields=[text])).status == 200, "")
        name, _, value = text.encode("latin-1").partition(b":")
        expect(
            forwarded(env.reached()[0]) == [(name, value.strip())], f"{env.reached()[0].raw_head!r}"
        )


for text in DROPPED:

    @case("forward", f"{text[:40]!r} ends here", "issue 2; RFC 9110 7.6.1")
    def _(env, text=text):
        expect(env.exchange(env.request(fields=[text])).status == 200, "")
        expect(forwarded(env.reached()[0]) == [], f"{env.reached()[0].raw_head!r}")
        expect(TOKEN.encode() not in env.reached()[0].raw_head, "the token")


for text, kept in [
    ("Connection: close, x-a", []),
    ("Connection: X-A", []),
    ("Connection: keep-alive,\tx-a ,", []),
    ("Connection: close\r\nConnection: x-A", []),
    ("Connection: x-ab", ["X-A"]),
    ("Connection: ,,x-a,,", []),
    ("Connection: content-length, host, authorization", ["X-A"]),
    ("Connection: content-type", ["X-A"]),
]:

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


for wire, (_, _, target, upstream_target) in WIRES.items():

    @case("forward", f"{wire}: path, key and body", "issue 2")
    def _(env, wire=wire, target=target, upstream_target=upstream_target):
        body = (
            b' { "a" : 1.0e+02 , "model" :\n"%s/m", "b":"\\u00e9\\/" }\r\n'
            % WIRES[wire][0].encode()
        )
        expect(env.exchange(env.request(wire, body=body)).status == 200, "")
        request = env.reached()[0]
        expect(request.line == f"POST {upstream_target} HTTP/1.1".encode(), f"{request.line}")
        credentials = request.get(KEY_FIELD[wire])
        expect(credentials in (KEY.encode(), b"Bearer " + KEY.encode()), f"{credentials}")
        expect(
            sum(len(request.all(name)) for name in ("authorization", "x-api-key", "x-goog-api-key"))
            == 1,
            "keys",
        )
        expect(request.get("host") == f"127.0.0.1:{env.upstream.port}".encode(), "host")
        same = (
            body if wire == "gemini" else body.replace(b'"%s/m"' % WIRES[wire][0].encode(), b'"m"')
        )
        expect(request.body == same, f"{request.body}")


QUERIES = [
    ("?a=b", "?a=b"),
    ("?a=b&c=%20d&&", "?a=b&c=%20d&&"),
    ("?", "?"),
    ("?beta=true", "?beta=true"),
    ("?a=/../?x", "?a=/../?x"),
]
for sent, got in QUERIES:

    @case("forward", f"the query {sent!r} goes on", "DESIGN 5: the query is not looked at")
    def _(env, sent=sent, got=got):
        expect(
            env.exchange(env.request("anthropic-messages", target="/v1/messages" + sent)).status
            == 200,
            "",
        )
        expect(
            env.reached()[0].line == f"POST /base/v1/messages{got} HTTP/1.1".encode(),
            f"{env.reached()[0].line}",
        )


GEMINI = [
    ("gem/m:generateContent", "m:generateContent"),
    ("gem%2Fm:generateContent?key={TOKEN}", "m:generateContent"),
    ("gem%2fm:streamGenerateContent?alt=sse&key=x&b=1", "m:streamGenerateContent?alt=sse&b=1"),
    ("gem/m:countTokens?key=x&alt=sse", "m:countTokens?alt=sse"),
    ("gem/a:b:c:generateContent", "a:b:c:generateContent"),
    ("gem/x/y/z:generateContent", "x/y/z:generateContent"),
    ("gem/a%20b:generateContent", "a%20b:generateContent"),
    ("gem/a%3Fb:generateContent", "a%3Fb:generateContent"),
    ("gem/a%23b:generateContent", "a%23b:generateContent"),
    ("gem/%C3%A9:generateContent", "%C3%A9:generateContent"),
    ("gem/a%25b:generateContent", "a%25b:generateContent"),
    ("gem/a%0d%0aX:%20y:generateContent", "a%0D%0AX:%20y:generateContent"),
    ("gem/m%5B1m%5D:generateContent", "m:generateContent"),
    ("gem/m:generateContent?monkey=1&key=&keys=2", "m:generateContent?monkey=1&keys=2"),
    ("gem/m:generateContent?%6bey=x", "m:generateContent"),
    ("gem/m:generateContent?a=1&key=b;c&d", "m:generateContent?a=1&d"),
]
for sent, got in GEMINI:

    @case("gemini", f"{sent!r}", "issue 2; DESIGN 8: the client's key never reaches the provider")
    def _(env, sent=sent, got=got):
        target = env.fill("/v1beta/models/" + sent).decode("latin-1")
        response = env.exchange(env.request("gemini", target=target))
        expect(response.status == 200, f"{response.status} {response.body}")
        line = env.reached()[0].line.decode()
        expect(line == f"POST /base/v1beta/models/{got} HTTP/1.1", line)


for sent in (
    "gem/..%2F..%2Fadmin:generateContent",
    "gem/../../admin:generateContent",
    "gem/.:generateContent",
    "gem/a/..%2f..:generateContent",
    "gem/..:generateContent",
):

    @case(
        "gemini",
        f"{sent!r}: no dot segments at the provider",
        "RFC 3986 5.2.4; the key is not for other paths",
    )
    def _(env, sent=sent):
        env.exchange(env.request("gemini", target="/v1beta/models/" + sent))
        for request in env.upstream.requests:
            path = request.line.split(b" ")[1].split(b"?")[0]
            expect(
                not {b".", b".."} & {part.split(b":")[0] for part in path.split(b"/")},
                f"{request.line}",
            )


for sent in (
    "gem/%zz:generateContent",
    "gem/%:generateContent",
    "gem/%ff%fe:generateContent",
    "gem/:generateContent",
):

    @case("gemini", f"{sent!r}: a clear 400 or 404", "issue 2: bad input")
    def _(env, sent=sent):
        response = env.refused(
            env.request("gemini", target="/v1beta/models/" + sent), {400, 404}, closes=False
        )
        dialect_error("gemini", response)
