"""Fields of an answer, and chunks that are none: what of them the client sees."""

from kit import TERMINAL, WIRES, expect
from suite import case, error_event
from upstream import JSON_CHUNKED, STREAM_HEAD, answer, chunk, event, says

OK = b"HTTP/1.1 200 OK\r\n"


# Response fields: what the client sees of them.
FIELDS = [
    ("Set-Cookie: a=b", None),
    ("Access-Control-Allow-Origin: *", None),
    ("Connection: X-Hop\r\nX-Hop: 1", None),
    ("Keep-Alive: timeout=5", None),
    ("Proxy-Authenticate: Basic", None),
    ("Trailer: X", None),
    ("Upgrade: h2c", None),
    ("Strict-Transport-Security: max-age=1", None),
    ("Alt-Svc: h3", None),
    ("Proxy-Connection: close", None),
    ("request-id: req_1", "request-id"),
    ("x-request-id: 7", "x-request-id"),
    ("Retry-After: 3", "Retry-After"),
    ("anthropic-ratelimit-requests-remaining: 9", "anthropic-ratelimit-requests-remaining"),
    ("X-Empty:", "X-Empty"),
    ("x-ratelimit-reset-tokens: 6m0s", "x-ratelimit-reset-tokens"),
    ("Content-Language: de", "Content-Language"),
    ("Date: Tue, 15 Nov 1994 08:12:31 GMT", "Date"),
    ("Server: x", "Server"),
    ("Cache-Control: no-store", "Cache-Control"),
    ('ETag: "x"', "ETag"),
    ("Vary: Accept", "Vary"),
    ("Content-Disposition: x", "Content-Disposition"),
    ("X!#$%&'*+-.^_`|~: 1", "X!#$%&'*+-.^_`|~"),
    ("openai-processing-ms: 5", "openai-processing-ms"),
]
for text, kept in FIELDS:

    @case(
        "fields",
        f"{text!r} {'passes' if kept else 'ends here'}",
        "issue 2; RFC 9110 7.6.1; DESIGN 8",
    )
    def _(env, text=text, kept=kept):
        env.begin(answer(200, b"{}", *text.split("\r\n")))
        response = env.exchange(env.request())
        own = {"content-type", "content-length"}
        got = [name for name in response.names() if name.lower() not in own]
        expect(got == ([kept] if kept else []), f"{got}")


@case("fields", "repeated fields keep their order and number", "RFC 9110 5.3")
def _(env):
    env.begin(answer(200, b"{}", "X-A: 1", "X-B: 2", "x-a: 3", "X-A: 1"))
    response = env.exchange(env.request())
    expect(response.all("x-a") == [b"1", b"3", b"1"], f"{response.fields}")


@case("fields", "429 always has a retry-after", "issue 2")
def _(env):
    for fields, wanted in (([], None), (["Retry-After: 9"], b"9")):
        env.begin(answer(429, b"{}", *fields))
        response = env.exchange(env.request())
        expect(
            response.status == 429 and len(response.all("retry-after")) == 1, f"{response.fields}"
        )
        expect(wanted is None or response.get("retry-after") == wanted, "another value")


@case(
    "fields",
    "a trailer is no way around the rules",
    "RFC 9110 6.5.1; DESIGN 8: no cookies, no CORS",
)
def _(env):
    env.begin(
        says(
            JSON_CHUNKED
            + chunk(b"{}")
            + b"0\r\nSet-Cookie: a=b\r\nAccess-Control-Allow-Origin: *\r\nX-T: 1\r\n\r\n"
        )
    )
    response = env.exchange(env.request())
    expect(response.end == "complete" and response.body == b"{}", f"{response.end}")
    expect(
        b"cookie" not in response.framed.lower()
        and b"access-control" not in response.framed.lower(),
        f"trailers at the client: {response.framed!r}",
    )


# A body that breaks: never finished for the client, and an event where it is a stream.
BREAKS = [
    ("chunk size not hex", b"zz\r\n"),
    ("negative chunk size", b"-1\r\nx\r\n"),
    ("chunk size over 64 bits", b"fffffffffffffffff\r\nx\r\n"),
    ("chunk too long", b"1\r\nxx\r\n"),
    ("LF after the size", b"1\nx\r\n"),
    ("CR in an extension", b"1;a\rb\r\nx\r\n"),
    ("LF in an extension", b"1;a\nb\r\nx\r\n"),
    ("NUL in an extension", b"1;\0\r\nx\r\n"),
    ("a broken trailer", b"0\r\nBad Name: 1\r\n\r\n"),
    ("a trailer with CR", b"0\r\nX: a\rb\r\n\r\n"),
    ("a trailer with NUL", b"0\r\nX: a\0b\r\n\r\n"),
    ("a folded trailer", b"0\r\nX: a\r\n b\r\n\r\n"),
    ("a response where a chunk should be", OK + b"\r\n"),
    ("no CRLF behind data", b"1\r\nxZZ"),
    ("cut in a size", b"1"),
    ("cut in a chunk", b"ff\r\nxyz"),
    ("cut behind a chunk", b""),
    ("cut before the last CRLF", b"0\r\n"),
    ("cut in a trailer", b"0\r\nX: y"),
]
for name, data in BREAKS:
    for wire in WIRES:
        for streams in (True, False):

            @case(
                "break",
                f"{wire} {'stream' if streams else 'JSON'}: {name}",
                "issue 2, 5: never looks finished",
            )
            def _(env, wire=wire, data=data, streams=streams):
                start = event(1) if streams else b'{"a":'
                env.begin(
                    says(
                        (STREAM_HEAD if streams else JSON_CHUNKED) + chunk(start),
                        0.02,
                        data,
                        then="close",
                    )
                )
                response = env.exchange(env.request(wire))
                expect(response.status == 200, f"{response.status}")
                expect(response.end != "complete", "looks finished")
                expect(response.body.startswith(start), f"lost the start: {response.body[:40]!r}")
                if streams:
                    expect(
                        error_event(wire, response.body),
                        f"no error event: {response.body[-200:]!r}",
                    )
                    expect(TERMINAL[wire] not in response.body, "a terminal event")


@case("fields", "a folded field is refused or unfolded", "RFC 9112 5.2: a gateway MUST")
def _(env):
    for fold in (b" ", b"\t"):
        env.begin(says(OK + b"X-A: 1\r\n" + fold + b"Set-Cookie: x\r\nContent-Length: 2\r\n\r\n{}"))
        response = env.exchange(env.request())
        folded = any(line[:1] in (b" ", b"\t") for line in response.raw_head.split(b"\r\n"))
        expect(response.status == 502 or not folded, "the fold went on")


@case("fields", "bare LF line ends: refused or understood, never mixed", "RFC 9112 2.2")
def _(env):
    data = (OK + b"X-A: 1\r\nSet-Cookie: x\r\nContent-Length: 2\r\n\r\n").replace(
        b"\r\n", b"\n"
    ) + b"{}"
    for parts in ([data], [data.replace(b"X-A: 1\n", b"X-A: 1\r\n")]):
        env.begin(says(*parts, then="close"))
        response = env.exchange(env.request())
        expect(
            response.status == 502 or (response.body == b"{}" and not response.all("set-cookie")),
            f"{response.raw_head!r}",
        )
        expect(b"\n" not in response.raw_head.replace(b"\r\n", b""), "a bare LF went on")
