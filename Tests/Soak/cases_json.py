"""JSON at its edges: the model is found and replaced, every other byte is untouched."""

from kit import WIRES, expect
from suite import case, dialect_error

# name, the body, the body at the upstream
SPLICED = [
    ("first", b'{"model":"chat/m","a":1}', b'{"model":"m","a":1}'),
    ("last", b'{"a":1,"model":"chat/m"}', b'{"a":1,"model":"m"}'),
    (
        "blanks everywhere",
        b' \t\r\n{ "model" \t:\n "chat/m" \r }\n\n',
        b' \t\r\n{ "model" \t:\n "m" \r }\n\n',
    ),
    (
        "twice, the last wins",
        b'{"model":"nobody/x","a":1,"model":"chat/m"}',
        b'{"model":"nobody/x","a":1,"model":"m"}',
    ),
    ("twice, the first no string", b'{"model":5,"model":"chat/m"}', b'{"model":5,"model":"m"}'),
    ("escaped key", b'{"mod\\u0065l":"chat/m"}', b'{"mod\\u0065l":"m"}'),
    (
        "escaped key after a plain one",
        b'{"model":"nobody/x","\\u006dodel":"chat/m"}',
        b'{"model":"nobody/x","\\u006dodel":"m"}',
    ),
    ("escaped value", b'{"model":"ch\\u0061t\\/m"}', b'{"model":"m"}'),
    (
        "nested models",
        b'{"a":{"model":"x"},"model":"chat/m","b":[{"model":"y"}]}',
        b'{"a":{"model":"x"},"model":"m","b":[{"model":"y"}]}',
    ),
    (
        "in a string",
        b'{"a":"\\"model\\":\\"x\\"","model":"chat/m"}',
        b'{"a":"\\"model\\":\\"x\\"","model":"m"}',
    ),
    ("brackets in strings", b'{"a":"}]{[","model":"chat/m"}', b'{"a":"}]{[","model":"m"}'),
    ("long context mark", b'{"model":"chat/m[1m]"}', b'{"model":"m"}'),
    ("alias", b'{"model":"agentroute-heavy"}', b'{"model":"vendor/big"}'),
    ("alias with mark", b'{"model":"agentroute-heavy[1m]"}', b'{"model":"vendor/big"}'),
    ("slashes in the model", b'{"model":"chat/a/b/c"}', b'{"model":"a/b/c"}'),
    ("quotes in the model", b'{"model":"chat/a\\"b"}', b'{"model":"a\\"b"}'),
    ("line end in the model", b'{"model":"chat/a\\r\\nb"}', b'{"model":"a\\r\\nb"}'),
    (
        "numbers keep their form",
        b'{"n":[1.0,-0,1E400,1e-999,123456789012345678901234567890,0.10],"model":"chat/m"}',
        b'{"n":[1.0,-0,1E400,1e-999,123456789012345678901234567890,0.10],"model":"m"}',
    ),
    (
        "a number of 100,000 digits",
        b'{"n":' + b"7" * 100_000 + b',"model":"chat/m"}',
        b'{"n":' + b"7" * 100_000 + b',"model":"m"}',
    ),
    (
        "100,000 levels of arrays",
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b',"model":"chat/m"}',
        b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b',"model":"m"}',
    ),
    (
        "100,000 levels of objects",
        b'{"a":' * 100_000 + b"1" + b"}" * 99_999 + b',"model":"chat/m"}',
        b'{"a":' * 100_000 + b"1" + b"}" * 99_999 + b',"model":"m"}',
    ),
    (
        "100,000 keys",
        b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(100_000)) + b',"model":"chat/m"}',
        b"{" + b",".join(b'"k%d":%d' % (i, i) for i in range(100_000)) + b',"model":"m"}',
    ),
    (
        "a string of 5 MB before it",
        b'{"a":"' + b"x" * 5_000_000 + b'","model":"chat/m"}',
        b'{"a":"' + b"x" * 5_000_000 + b'","model":"m"}',
    ),
    (
        "lone surrogates",
        b'{"a":"\\ud800 \\udfff","model":"chat/m"}',
        b'{"a":"\\ud800 \\udfff","model":"m"}',
    ),
    ("NUL escaped", b'{"a":"\\u0000","model":"chat/m"}', b'{"a":"\\u0000","model":"m"}'),
    (
        "UTF-8 of four bytes",
        '{"a":"\U0001f600é","model":"chat/m"}'.encode(),
        '{"a":"\U0001f600é","model":"m"}'.encode(),
    ),
    ("empty key", b'{"":1,"model":"chat/m"}', b'{"":1,"model":"m"}'),
    (
        "Model in capitals is another key",
        b'{"Model":"x","model":"chat/m"}',
        b'{"Model":"x","model":"m"}',
    ),
    (
        "__proto__",
        b'{"__proto__":{"model":"x"},"model":"chat/m"}',
        b'{"__proto__":{"model":"x"},"model":"m"}',
    ),
]
FAULTY = [
    ("empty body", b""),
    ("blanks", b" \r\n"),
    ("a list", b'[{"model":"chat/m"}]'),
    ("a string", b'"chat/m"'),
    ("null", b"null"),
    ("a number", b"1"),
    ("no model", b"{}"),
    ("model null", b'{"model":null}'),
    ("model a number", b'{"model":1}'),
    ("model a list", b'{"model":["chat/m"]}'),
    ("model an object", b'{"model":{"id":"chat/m"}}'),
    ("model empty", b'{"model":""}'),
    ("twice, the last no string", b'{"model":"chat/m","model":null}'),
    ("twice, the last unknown", b'{"model":"chat/m","model":"gpt-4"}'),
    ("unknown model", b'{"model":"gpt-4"}'),
    ("unknown provider", b'{"model":"nobody/x"}'),
    ("provider alone", b'{"model":"chat/"}'),
    ("model in other case", b'{"model":"AgentRoute-Heavy"}'),
    ("an unset alias", b'{"model":"agentroute-fast"}'),
    ("blank before the model", b'{"model":" chat/m"}'),
    ("cut", b'{"model":"chat/m"'),
    ("cut in a string", b'{"model":"chat/m'),
    ("two documents", b'{"model":"chat/m"}{}'),
    ("bytes behind", b'{"model":"chat/m"}x'),
    ("NUL behind", b'{"model":"chat/m"}\0'),
    ("byte order mark", b'\xef\xbb\xbf{"model":"chat/m"}'),
    ("UTF-16", '{"model":"chat/m"}'.encode("utf-16")),
    ("comma at the end", b'{"model":"chat/m",}'),
    ("comment", b'{"model":"chat/m"/*x*/}'),
    ("single quotes", b"{'model':'chat/m'}"),
    ("NaN", b'{"a":NaN,"model":"chat/m"}'),
    ("Infinity", b'{"a":-Infinity,"model":"chat/m"}'),
    ("leading zero", b'{"a":01,"model":"chat/m"}'),
    ("plus", b'{"a":+1,"model":"chat/m"}'),
    ("dot alone", b'{"a":1.,"model":"chat/m"}'),
    ("hex", b'{"a":0x1,"model":"chat/m"}'),
    ("raw control in a string", b'{"a":"\x01","model":"chat/m"}'),
    ("raw line end in a string", b'{"a":"\n","model":"chat/m"}'),
    ("bad escape", b'{"a":"\\x","model":"chat/m"}'),
    ("short escape", b'{"a":"\\u12","model":"chat/m"}'),
    ("brackets crossed", b'{"a":[}],"model":"chat/m"}'),
    ("no colon", b'{"a" 1,"model":"chat/m"}'),
    ("key without quotes", b'{model:"chat/m"}'),
    ("True", b'{"a":True,"model":"chat/m"}'),
    ("surrogate in the model", b'{"model":"chat/\\ud800"}'),
    ("100,000 levels, open", b'{"a":' + b"[" * 100_000),
    ("invalid UTF-8 in the model", b'{"model":"chat/\xff\xfe"}'),
]

for name, body, at_upstream in SPLICED:

    @case("json", f"{name}: only the model changes", "issue 2: by span, every other byte untouched")
    def _(env, body=body, at_upstream=at_upstream):
        response = env.exchange(env.request(body=body))
        expect(response.status == 200, f"{response.status} {response.body[:200]}")
        got = env.reached()[0].body
        expect(got == at_upstream, f"at the upstream: {got[:120]!r}")


for name, body in FAULTY:

    @case("json", f"{name}: a clear 400 or 404", "issue 2: bad input; never a guess")
    def _(env, name=name, body=body):
        for wire in ("openai-chat", "anthropic-messages"):
            data = body.replace(b"chat/", WIRES[wire][0].encode() + b"/")
            response = env.refused(env.request(wire, body=data), {400, 404}, closes=False)
            message = dialect_error(wire, response)
            if response.status == 404:
                expect("agentroute-heavy" in message, "the aliases are not listed")
                expect(response.get("x-should-retry") == b"false", "no x-should-retry")


@case(
    "json", "invalid UTF-8 elsewhere goes on or is refused, never changed", "DESIGN 1: same bytes"
)
def _(env):
    body = b'{"a":"\xff\xc0\x80\xed\xa0\x80","model":"chat/m"}'
    response = env.exchange(env.request(body=body))
    expect(response.status in (200, 400), f"{response.status}")
    if response.status == 200:
        expect(env.reached()[0].body == body.replace(b"chat/m", b"m"), "changed")


@case("json", "a model with line ends writes no line of its own into the log", "issue 2: records")
def _(env):
    known = env.mark()
    env.exchange(env.request(body=b'{"model":"chat/a\\nmsg=exchange forged=1\\r\\u001b[31m"}'))
    record = env.records(known, 1)[0]
    expect(record["model"].startswith("a\nmsg"), f"{record}")
    expect("\x1b" not in env.gateway.log(), "a raw escape in the log")


@case(
    "json",
    "a compressed body is refused",
    "issue 2: clear error",
    "a gateway could pass it on unread",
)
def _(env):
    env.refused(env.request(fields=["Content-Encoding: gzip"]), {415, 400}, closes=True)


@case("json", "Content-Encoding: identity is served", "RFC 9110 8.4.1")
def _(env):
    expect(env.exchange(env.request(fields=["Content-Encoding: identity"])).status == 200, "")


@case("json", "wires that differ: what cannot be read is a 400 in the client's dialect", "issue 4")
def _(env):
    for wire in ("openai-chat", "anthropic-messages", "openai-responses"):
        other = "msg/m" if wire != "anthropic-messages" else "chat/m"
        response = env.refused(
            env.request(wire, body=b'{"model":"%s"}' % other.encode()), {400}, closes=False
        )
        dialect_error(wire, response)
