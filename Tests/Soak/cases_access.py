"""Who may come in: token, Host, Origin, method, path; and what an early refusal does to the connection."""

from kit import TOKEN, WIRES, expect
from suite import case, dialect_error, plain
from upstream import answer

BAD_TOKENS = [
    "X: y",
    "Authorization: Bearer",
    "Authorization: Bearer ",
    "Authorization: Bearer wrong",
    "Authorization: {TOKEN}",
    "Authorization: Basic {TOKEN}",
    "Authorization: Bearer{TOKEN}",
    "Authorization: Bearer {TOKEN}x",
    "Authorization: Bearer x{TOKEN}",
    "Authorization: Bearer {TOKEN} x",
    "Authorization: Bearer Bearer {TOKEN}",
    "Authorization: Bearer {TOKEN},",
    'Authorization: Bearer "{TOKEN}"',
    "X-Api-Key:",
    "X-Api-Key: wrong",
    "X-Api-Key: Bearer {TOKEN}",
    "X-Goog-Api-Key: {TOKEN}x",
    "Cookie: token={TOKEN}",
    "Proxy-Authorization: Bearer {TOKEN}",
    "X-Auth-Token: {TOKEN}",
    "Api-Key: {TOKEN}",
    "Authorization: Bearer " + TOKEN[:-1],
    "Authorization: Bearer " + TOKEN.upper(),
    "Authorization: Bearer " + "a" * 8000,
    "Authorization: Bearer " + "\xe9" * 10,
]
GOOD_TOKENS = [
    "Authorization: Bearer {TOKEN}",
    "authorization: bearer {TOKEN}",
    "AUTHORIZATION: BEARER {TOKEN}",
    "Authorization:Bearer {TOKEN}",
    "Authorization: \t Bearer {TOKEN} \t",
    "x-api-key: {TOKEN}",
    "X-API-KEY:{TOKEN}",
    "x-goog-api-key: {TOKEN}",
]
GOOD_HOSTS = [
    "127.0.0.1:{PORT}",
    "localhost:{PORT}",
    "[::1]:{PORT}",
    "LocalHost:{PORT}",
    "127.0.0.1:{PORT} ",
]
FOREIGN_HOSTS = [
    "evil.example",
    "evil.example:{PORT}",
    "127.0.0.1",
    "localhost",
    "127.0.0.1:1",
    "localhost:80",
    "127.0.0.1.evil.example:{PORT}",
    "localhost.evil.example:{PORT}",
    "evil-localhost:{PORT}",
    "xlocalhost:{PORT}",
    "localhost:{PORT}0",
    "localhost:{PORT}.evil",
    "localhost:{PORT}@evil.example",
    "evil.example@localhost:{PORT}",
    "0.0.0.0:{PORT}",
    "127.0.0.2:{PORT}",
    "127.1:{PORT}",
    "2130706433:{PORT}",
    "0x7f000001:{PORT}",
    "[::]:{PORT}",
    "[::ffff:127.0.0.1]:{PORT}",
    "localhost.:{PORT}",
    "localhost :{PORT}",
    "localhost: {PORT}",
    "localhost:{PORT},evil.example",
    "evil.example,localhost:{PORT}",
    "127.0.0.1:{PORT}/",
    "http://127.0.0.1:{PORT}",
    "[::1:{PORT}",
    "localhost:0{PORT}",
    "localtest.me:{PORT}",
    "a.localhost:{PORT}",
    "192.168.0.1:{PORT}",
]
FOREIGN_ORIGINS = [
    "http://evil.example",
    "https://evil.example",
    "null",
    "http://localhost",
    "http://127.0.0.1:1",
    "http://127.0.0.1:{PORT}.evil.example",
    "http://127.0.0.1:{PORT}@evil.example",
    "file://",
    "chrome-extension://abcdef",
    "http://evil.example:{PORT}",
    "127.0.0.1:{PORT}",
    "*",
    "http://localhost.evil.example:{PORT}",
    "http://evil.example http://127.0.0.1:{PORT}",
    "",
]


for text in BAD_TOKENS:
    for wire in ("openai-chat", "anthropic-messages"):

        @case(
            "token",
            f"{wire}: {text[:60]!r} is refused",
            "DESIGN 8; issue 3: 401 with WWW-Authenticate",
        )
        def _(env, text=text, wire=wire):
            response = env.refused(env.request(wire, [text], authorized=False), {401})
            expect(
                (response.get("www-authenticate") or b"").lower().startswith(b"bearer"),
                "no challenge",
            )
            dialect_error(wire, response)


for text in GOOD_TOKENS:

    @case("token", f"{text!r} is accepted", "DESIGN 8")
    def _(env, text=text):
        response = env.exchange(env.request(fields=[text], authorized=False))
        expect(response.status == 200, f"{response.status}")
        raw = env.reached()[0].raw_head
        expect(TOKEN.encode() not in raw, "the client's token at the provider")


for text in [
    "/v1/models",
    "/",
    "/nothing",
    "/v1/messages",
    "/healthz/",
    "/healthz/../v1/models",
    "//healthz",
]:

    @case("token", f"GET {text} wants a token", "DESIGN 8: every request but GET /healthz")
    def _(env, text=text):
        env.refused(plain(env, [f"GET {text} HTTP/1.1", "{HOST}"]), {401}, closes=False)


for text in GOOD_HOSTS:

    @case("host", f"{text!r} is ours", "DESIGN 8")
    def _(env, text=text):
        response = env.exchange(plain(env, ["GET /healthz HTTP/1.1", "Host: " + text]))
        expect(
            response.status == 200 and len(response.body) < 20, f"{response.status} {response.body}"
        )


for text in FOREIGN_HOSTS:

    @case("host", f"{text!r} is foreign", "DESIGN 8: DNS rebinding")
    def _(env, text=text):
        for path in ("/healthz", "/v1/models"):
            env.refused(
                plain(env, [f"GET {path} HTTP/1.1", "Host: " + text, "{AUTH}"]),
                {400, 403, 421},
                closes=False,
            )


for text in FOREIGN_ORIGINS:

    @case("origin", f"{text!r} is refused", "DESIGN 8: refused before routing, no CORS headers")
    def _(env, text=text):
        response = env.refused(env.request(fields=["Origin: " + text]), {403})
        expect(
            not any(name.lower().startswith("access-control") for name in response.names()), "CORS"
        )


@case(
    "origin",
    "two Origins, the last ours, the first foreign",
    "DESIGN 8: any foreign Origin is refused",
)
def _(env):
    env.refused(
        env.request(fields=["Origin: http://evil.example", "Origin: http://127.0.0.1:{PORT}"]),
        {400, 403},
    )


@case("origin", "a preflight gets no CORS headers", "DESIGN 8: no CORS")
def _(env):
    response = env.refused(
        plain(
            env,
            [
                "OPTIONS /v1/messages HTTP/1.1",
                "{HOST}",
                "Origin: http://evil.example",
                "Access-Control-Request-Method: POST",
            ],
        ),
        {401, 403, 405},
        closes=False,
    )
    expect(not any(name.lower().startswith("access-control") for name in response.names()), "CORS")


@case("origin", "a foreign Origin is refused on health, too", "DESIGN 8: before routing")
def _(env):
    env.refused(
        plain(env, ["GET /healthz HTTP/1.1", "{HOST}", "Origin: http://evil.example"]),
        {403},
        closes=False,
    )


@case("host", "an absolute target with a foreign authority", "RFC 9112 3.2.2; DESIGN 8")
def _(env):
    env.refused(
        plain(env, ["GET http://evil.example/healthz HTTP/1.1", "{HOST}", "{AUTH}"]),
        {400, 403, 421},
        closes=False,
    )


@case(
    "host",
    "an absolute target of ours with a foreign Host",
    "RFC 9112 3.2.2; DESIGN 8: Host decides",
)
def _(env):
    env.refused(
        plain(env, ["GET http://127.0.0.1:{PORT}/healthz HTTP/1.1", "Host: evil.example"]),
        {400, 403, 421},
        closes=False,
    )


@case("host", "an absolute target of ours is served", "RFC 9112 3.2.2: a server MUST accept it")
def _(env):
    for scheme in ("http", "HTTP"):
        response = env.exchange(
            plain(
                env, [f"GET {scheme}://127.0.0.1:{{PORT}}/v1/models HTTP/1.1", "{HOST}", "{AUTH}"]
            )
        )
        expect(response.status == 200, f"{response.status}")
    target = f"http://{env.authority}/v1/chat/completions?a=b"
    expect(env.exchange(env.request(target=target)).status == 200, "POST")
    expect(
        env.reached()[0].line == b"POST /base/v1/chat/completions?a=b HTTP/1.1",
        "the upstream's target",
    )


@case("token", "the token is not taken from the query", "DESIGN 8: three header fields")
def _(env):
    env.begin(answer(200, b"{}"))
    target = WIRES["gemini"][2] + "&key=" + TOKEN
    env.refused(env.request("gemini", authorized=False, target=target), {401})


for name, lines in [
    ("no Host", []),
    ("two Hosts", ["{HOST}", "{HOST}"]),
    ("a foreign second Host", ["{HOST}", "Host: x"]),
]:

    @case(
        "host",
        f"{name} in a request without a body: 400 and a close",
        "issue 3: missing or double Host",
    )
    def _(env, lines=lines):
        for target in ("/healthz", "/v1/models"):
            env.refused(plain(env, [f"GET {target} HTTP/1.1", *lines, "{AUTH}"]), {400})
