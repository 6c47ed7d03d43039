"""Requests that are malformed or ambiguous: 400 and a close, and nothing of them at the upstream."""

from kit import expect
from suite import Env, case

JSON = '{"model":"chat/m"}'
WHOLE = f"Content-Length: {len(JSON)}\r\n\r\n{JSON}"
CHUNKED = "Transfer-Encoding: chunked\r\n\r\n"
BODY = f"12\r\n{JSON}\r\n0\r\n\r\n"
START = "POST /v1/chat/completions HTTP/1.1\r\n"
TOP = START + "{HOST}\r\n{AUTH}\r\n"
SMUGGLED = TOP + WHOLE
BAD = {400}
CODING = {400, 501}
VERSION = {400, 505}

# name, what is sent, statuses that fit, the rule, what speaks against the expectation
ROWS = [
    # Framing: RFC 9112 section 6.3; issue 3, "ambiguous HTTP gets 400 and a close".
    (
        "CL.TE smuggling",
        TOP + "Content-Length: 6\r\n" + CHUNKED + "0\r\n\r\nG",
        BAD,
        "RFC 9112 6.1",
    ),
    (
        "TE.CL smuggling",
        TOP + f"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n{BODY}",
        BAD,
        "RFC 9112 6.1",
    ),
    (
        "CL.TE with a whole second request",
        TOP + "Content-Length: 5\r\n" + CHUNKED + "0\r\n\r\n" + SMUGGLED,
        BAD,
        "RFC 9112 11.2",
    ),
    (
        "equal Content-Length twice",
        TOP + f"Content-Length: 18\r\n{WHOLE}",
        BAD,
        "issue 3: duplicate CL",
    ),
    ("different Content-Lengths", TOP + f"Content-Length: 1\r\n{WHOLE}", BAD, "RFC 9112 6.3"),
    (
        "different Content-Lengths, the first right",
        TOP + f"Content-Length: 18\r\nContent-Length: 44\r\n\r\n{JSON}",
        BAD,
        "RFC 9112 6.3",
    ),
    (
        "Content-Length list",
        TOP + f"Content-Length: 18, 18\r\n\r\n{JSON}",
        BAD,
        "issue 3: duplicate CL",
    ),
    (
        "Content-Length with a comma",
        TOP + f"Content-Length: 18,\r\n\r\n{JSON}",
        BAD,
        "RFC 9110 8.6",
    ),
    ("signed Content-Length", TOP + f"Content-Length: +18\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("negative Content-Length", TOP + f"Content-Length: -1\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("hex Content-Length", TOP + f"Content-Length: 0x12\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("float Content-Length", TOP + f"Content-Length: 18.0\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("exponent Content-Length", TOP + f"Content-Length: 1e2\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("quoted Content-Length", TOP + f'Content-Length: "18"\r\n\r\n{JSON}', BAD, "RFC 9110 8.6"),
    ("underscored Content-Length", TOP + f"Content-Length: 1_8\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    (
        "Content-Length with inner space",
        TOP + f"Content-Length: 1 8\r\n\r\n{JSON}",
        BAD,
        "RFC 9110 8.6",
    ),
    (
        "Content-Length with inner tab",
        TOP + f"Content-Length: 1\t8\r\n\r\n{JSON}",
        BAD,
        "RFC 9110 8.6",
    ),
    (
        "Content-Length with trailing letters",
        TOP + f"Content-Length: 18abc\r\n\r\n{JSON}",
        BAD,
        "RFC 9110 8.6",
    ),
    ("empty Content-Length", TOP + f"Content-Length:\r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    ("blank Content-Length", TOP + f"Content-Length: \t \r\n\r\n{JSON}", BAD, "RFC 9110 8.6"),
    (
        "Content-Length over 64 bits",
        TOP + f"Content-Length: 18446744073709551634\r\n\r\n{JSON}",
        {400, 413},
        "overflow",
    ),
    (
        "Content-Length of 40 digits",
        TOP + f"Content-Length: {'9' * 40}\r\n\r\n{JSON}",
        {400, 413},
        "overflow",
    ),
    (
        "Content-Length in other digits",
        TOP + f"Content-Length: \u00b2\r\n\r\n{JSON}",
        BAD,
        "RFC 9110 8.6",
    ),
    ("NUL in Content-Length", TOP + f"Content-Length: 18\0\r\n\r\n{JSON}", BAD, "issue 3: NUL"),
    (
        "form feed before chunked",
        TOP + f"Transfer-Encoding: \x0cchunked\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    (
        "vertical tab after chunked",
        TOP + f"Transfer-Encoding: chunked\x0b\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    (
        "nbsp before chunked",
        TOP + f"Transfer-Encoding: \xa0chunked\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    ("quoted chunked", TOP + f'Transfer-Encoding: "chunked"\r\n\r\n{BODY}', CODING, "smuggling"),
    (
        "chunked with parameter",
        TOP + f"Transfer-Encoding: chunked;q=1\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    (
        "chunked and identity",
        TOP + f"Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    (
        "chunked, identity",
        TOP + f"Transfer-Encoding: chunked, identity\r\n\r\n{BODY}",
        CODING,
        "RFC 9112 6.1",
    ),
    ("gzip alone", TOP + f"Transfer-Encoding: gzip\r\n\r\n{BODY}", CODING, "RFC 9112 6.3"),
    (
        "gzip, chunked",
        TOP + f"Transfer-Encoding: gzip, chunked\r\n\r\n{BODY}",
        CODING,
        "RFC 9112 6.1",
    ),
    (
        "chunked, chunked",
        TOP + f"Transfer-Encoding: chunked, chunked\r\n\r\n{BODY}",
        CODING,
        "RFC 9112 6.1",
    ),
    ("xchunked", TOP + f"Transfer-Encoding: xchunked\r\n\r\n{BODY}", CODING, "smuggling"),
    ("empty Transfer-Encoding", TOP + f"Transfer-Encoding:\r\n\r\n{BODY}", CODING, "smuggling"),
    (
        "comma Transfer-Encoding",
        TOP + f"Transfer-Encoding: ,chunked\r\n\r\n{BODY}",
        CODING,
        "smuggling",
    ),
    (
        "Transfer-Encoding folded",
        TOP + f"Transfer-Encoding:\r\n chunked\r\n\r\n{BODY}",
        CODING,
        "issue 3: obs-fold",
    ),
    (
        "Transfer-Encoding twice",
        TOP + f"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n{BODY}",
        CODING,
        "RFC 9112 6.1",
    ),
    (
        "Transfer-Encoding in HTTP/1.0",
        START.replace("1.1", "1.0") + "{HOST}\r\n{AUTH}\r\n" + CHUNKED + BODY,
        CODING,
        "RFC 9112 6.1",
    ),
    (
        "space before Transfer-Encoding's colon",
        TOP + f"Transfer-Encoding : chunked\r\n\r\n{BODY}",
        BAD,
        "RFC 9112 5.1",
    ),
    (
        "space before Content-Length's colon",
        TOP + f"Content-Length : 18\r\n\r\n{JSON}",
        BAD,
        "RFC 9112 5.1",
    ),
    (
        "underscore beside a real length, tab in the name",
        TOP + f"Content\tLength: 3\r\n{WHOLE}",
        BAD,
        "RFC 9110 5.6.2",
    ),
    # Chunks: RFC 9112 section 7.1.
    *[
        (
            f"chunk: {name}",
            TOP + CHUNKED + body,
            BAD if not name.endswith("bits") else {400, 413},
            "RFC 9112 7.1",
        )
        for name, body in [
            ("not hex", f"zz\r\n{JSON}\r\n0\r\n\r\n"),
            ("no size", f"\r\n{JSON}\r\n0\r\n\r\n"),
            ("plus sign", f"+12\r\n{JSON}\r\n0\r\n\r\n"),
            ("minus sign", f"-1\r\n{JSON}\r\n0\r\n\r\n"),
            ("0x", f"0x12\r\n{JSON}\r\n0\r\n\r\n"),
            ("leading space", f" 12\r\n{JSON}\r\n0\r\n\r\n"),
            ("underscore", f"1_2\r\n{JSON}\r\n0\r\n\r\n"),
            ("over 64 bits", f"10000000000000012\r\n{JSON}\r\n0\r\n\r\n"),
            ("too long data", f"11\r\n{JSON}\r\n0\r\n\r\n"),
            ("too short data", f"13\r\n{JSON}\r\n0\r\n\r\n"),
            ("LF after size", f"12\n{JSON}\r\n0\r\n\r\n"),
            ("LF after data", f"12\r\n{JSON}\n0\r\n\r\n"),
            ("CR alone after size", f"12\r{JSON}\r\n0\r\n\r\n"),
            ("CR in the extension", f"12;a\rb\r\n{JSON}\r\n0\r\n\r\n"),
            ("LF in the extension", f"12;a\nb\r\n{JSON}\r\n0\r\n\r\n"),
            ("LF ends the extension", f"12;a=b\n{JSON}\r\n0\r\n\r\n"),
            ("LF in a quoted extension", f'12;a="\n"\r\n{JSON}\r\n0\r\n\r\n'),
            ("NUL in the extension", f"12;a\0b\r\n{JSON}\r\n0\r\n\r\n"),
            ("NUL in the size", f"1\x002\r\n{JSON}\r\n0\r\n\r\n"),
            ("LF after the last chunk", f"12\r\n{JSON}\r\n0\n\r\n"),
            ("LF ends the message", f"12\r\n{JSON}\r\n0\r\n\n"),
            ("trailer with a space in its name", f"12\r\n{JSON}\r\n0\r\nX Y: 1\r\n\r\n"),
            ("trailer without colon", f"12\r\n{JSON}\r\n0\r\nXY\r\n\r\n"),
            ("trailer with LF", f"12\r\n{JSON}\r\n0\r\nX: y\n\r\n"),
            ("trailer with NUL", f"12\r\n{JSON}\r\n0\r\nX: a\0b\r\n\r\n"),
            ("trailer folded", f"12\r\n{JSON}\r\n0\r\nX: a\r\n b\r\n\r\n"),
            ("trailer with a space before its colon", f"12\r\n{JSON}\r\n0\r\nX : a\r\n\r\n"),
        ]
    ],
    # Fields: RFC 9112 section 5, RFC 9110 section 5.5.
    *[
        (f"field: {name}", TOP + field + WHOLE, BAD, "RFC 9112 5")
        for name, field in [
            ("space before colon", "X-A : 1\r\n"),
            ("tab before colon", "X-A\t: 1\r\n"),
            ("obs-fold by space", "X-A: 1\r\n fold\r\n"),
            ("obs-fold by tab", "X-A: 1\r\n\tfold\r\n"),
            ("obs-fold of an empty value", "X-A:\r\n fold\r\n"),
            ("fold of blanks", "X-A: 1\r\n \r\n"),
            ("NUL in value", "X-A: a\0b\r\n"),
            ("NUL in name", "X\0A: 1\r\n"),
            ("NUL alone", "X-A: \0\r\n"),
            ("SOH in value", "X-A: a\x01b\r\n"),
            ("ESC in value", "X-A: a\x1bb\r\n"),
            ("DEL in value", "X-A: a\x7fb\r\n"),
            ("VT in value", "X-A: a\x0bb\r\n"),
            ("bare CR in value", "X-A: a\rb\r\n"),
            ("bare CR before CRLF", "X-A: a\r\r\n"),
            ("bare LF in value", "X-A: a\nX-B: b\r\n"),
            ("bare LF line end", "X-A: 1\n"),
            ("no name", ": 1\r\n"),
            ("no colon", "X-A\r\n"),
            ("bracket in name", "X(A): 1\r\n"),
            ("slash in name", "X/A: 1\r\n"),
            ("quote in name", 'X"A: 1\r\n'),
            ("at in name", "X@A: 1\r\n"),
            ("space in name", "X A: 1\r\n"),
            ("obs-text in name", "X\xe9A: 1\r\n"),
            ("leading space in name", " X-A: 1\r\n"),
            ("CR alone as a line", "\rX-A: 1\r\n"),
            ("brace in name", "X{A}: 1\r\n"),
            ("comma in name", "X,A: 1\r\n"),
            ("two Hosts, equal", "{HOST}\r\n"),
            ("two Hosts, different", "Host: localhost:{PORT}\r\n"),
            ("two Hosts, the second foreign", "Host: evil.example\r\n"),
            ("host in small letters beside Host", "host: evil.example\r\n"),
            ("empty second Host", "Host:\r\n"),
        ]
    ],
    ("empty line by LF", TOP + f"Content-Length: 18\r\n\n{JSON}", BAD, "RFC 9112 2.2"),
    ("all lines by LF", (TOP + WHOLE).replace("\r\n", "\n"), BAD, "issue 3: bare LF"),
    ("all lines by CR", (TOP + WHOLE).replace("\r\n", "\r"), BAD, "RFC 9112 2.2"),
    ("no Host", START + "{AUTH}\r\n" + WHOLE, BAD, "RFC 9112 3.2"),
    (
        "no Host, absolute target",
        "POST http://127.0.0.1:{PORT}/v1/chat/completions HTTP/1.1\r\n{AUTH}\r\n" + WHOLE,
        BAD,
        "RFC 9112 3.2: a Host is needed in any case",
    ),
    ("empty Host", START + "Host:\r\n{AUTH}\r\n" + WHOLE, {400, 403}, "DESIGN 8"),
    (
        "first field begins with a space",
        START + " X: 1\r\n{HOST}\r\n{AUTH}\r\n" + WHOLE,
        BAD,
        "RFC 9112 2.2",
    ),
]
# Start lines: RFC 9112 section 3.
ROWS += [
    (f"start line: {name}", line + "{HOST}\r\n{AUTH}\r\n" + WHOLE, statuses, "RFC 9112 3")
    for name, line, statuses in [
        ("LF", START.replace("\r\n", "\n"), BAD),
        ("HTTP/2.0", START.replace("1.1", "2.0"), VERSION),
        ("HTTP/1.2", START.replace("1.1", "1.2"), VERSION),
        ("HTTP/1.10", START.replace("1.1", "1.10"), VERSION),
        ("HTTP/3.0", START.replace("1.1", "3.0"), VERSION),
        ("HTTP/0.9", START.replace("1.1", "0.9"), VERSION),
        ("HTTP/11", START.replace("1.1", "11"), VERSION),
        ("HTTP/1", START.replace("1.1", "1"), VERSION),
        ("HTTP/1,1", START.replace("1.1", "1,1"), VERSION),
        ("HTTP/+1.1", START.replace("1.1", "+1.1"), VERSION),
        ("http/1.1", START.replace("HTTP", "http"), VERSION),
        ("HTTPS/1.1", START.replace("HTTP", "HTTPS"), VERSION),
        ("RTSP/1.0", START.replace("HTTP/1.1", "RTSP/1.0"), BAD),
        ("ICE/1.0", START.replace("HTTP/1.1", "ICE/1.0"), BAD),
        ("no version", START.replace(" HTTP/1.1", ""), VERSION),
        ("trailing blank", START.replace("\r\n", " \r\n"), BAD),
        ("two spaces after the method", START.replace("POST ", "POST  "), BAD),
        ("tab after the method", START.replace("POST ", "POST\t"), BAD),
        ("two spaces before the version", START.replace(" HTTP", "  HTTP"), BAD),
        ("leading space", " " + START, BAD),
        ("no target", "POST HTTP/1.1\r\n", BAD),
        ("empty target", "POST  HTTP/1.1\r\n", BAD),
        ("a target without slash", "POST v1/chat/completions HTTP/1.1\r\n", {400, 404}),
        ("space in the target", "POST /v1/chat /completions HTTP/1.1\r\n", BAD),
        ("control in the target", "POST /v1/chat\x01/completions HTTP/1.1\r\n", BAD),
        ("NUL in the target", "POST /v1/chat/completions\0 HTTP/1.1\r\n", BAD),
        ("CR in the target", "POST /v1/chat/completions\rX: HTTP/1.1\r\n", BAD),
        ("DEL in the target", "POST /v1/chat/completions\x7f HTTP/1.1\r\n", BAD),
        ("bracket in the method", "PO(ST /v1/chat/completions HTTP/1.1\r\n", BAD),
        ("NUL in the method", "PO\0ST /v1/chat/completions HTTP/1.1\r\n", BAD),
        ("obs-text in the method", "POS\xd4 /v1/chat/completions HTTP/1.1\r\n", BAD),
        ("obs-text in the target", "POST /v1/chat/completions\xe9 HTTP/1.1\r\n", {400, 404}),
        ("fragment in the target", "POST /v1/chat/completions#x HTTP/1.1\r\n", {400, 404}),
    ]
]
ROWS += [
    ("TLS hello", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + "\x00" * 200, BAD, "issue 3"),
    ("HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", VERSION, "issue 3"),
    ("binary", "\x00\x01\x02\x03\xff\xfe\r\n\r\n", BAD, "issue 3"),
    ("a response", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", BAD, "issue 3"),
    ("HTTP/0.9", "GET /v1/models\r\n\r\n", VERSION, "RFC 9112"),
    ("SSH", "SSH-2.0-OpenSSH_9.2\r\n\r\n", BAD, "issue 3"),
    ("SMTP", "EHLO localhost\r\n\r\n", BAD, "issue 3"),
    ("PROXY protocol", "PROXY TCP4 1.2.3.4 1.2.3.4 1 2\r\n" + TOP + WHOLE, BAD, "issue 3"),
]


def refusal(text, statuses):
    def run(env: Env):
        env.refused(env.fill(text), statuses)

    return run


for row in ROWS:
    case("malformed", row[0], row[3])(refusal(row[1], row[2]))


@case(
    "malformed",
    "each of the smuggling rows in single bytes",
    "the answer does not hang on how reads fall",
)
def dribbled(env):
    for text in (ROWS[0][1], ROWS[1][1], ROWS[2][1]):
        channel = env.connect()
        for byte in env.fill(text):
            if not channel.send(bytes([byte])):
                break
        response = channel.response()
        expect(response is not None and response.status == 400, "not refused")
        expect(channel.rest() == b"", "a second answer")
        channel.close()
    env.unreached()
