"""What goes wrong, and how answers arrive: errors, cuts, streams. See gemini_check.py."""
import asyncio
import json
import time

import harness
from gemini_sdk import Answer, Gemini, both, finished
from harness import Fail, marker


def refused(case, sdk, prompt, codes, status, words):
    def check(streams):
        try:
            sdk.ask(streams, prompt)
        except sdk.errors.APIError as error:
            case.check(error.code in codes, f"code {error.code}: {error}")
            case.check(error.status in status, f"status {error.status}: {error}")
            case.check(any(word in (error.message or "").lower() for word in words),
                       f"the reason is lost: {error.message}")
            return
        raise Fail("no error was raised")
    both(case, sdk, check)


def errors(case, sdk):
    """400, 403, 404, 429, 500 and 503 keep code, status word and the provider's words"""
    words = {400: "INVALID_ARGUMENT", 403: "PERMISSION_DENIED", 404: "NOT_FOUND",
             429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE"}
    for code, status in words.items():
        prompt = marker("fail", id=case.id, code=code, n=99, message="the flux capacitor is gone")
        refused(case, sdk, prompt, (code,), (status,), ("flux capacitor",))


def auth(case, sdk):
    """a wrong token is refused with 401"""
    refused(case, Gemini(case, token="wrong-token"), marker("text", id=case.id), (401,),
            ("UNAUTHENTICATED",), ("token", "key"))


def overflow(case, sdk):
    """a prompt too long: 400, with numbers or words to know it by"""
    refused(case, sdk, marker("ctx_overflow", id=case.id), (400,), ("INVALID_ARGUMENT",),
            ("context", "too long", "token count"))


def retries(case, sdk):
    """429 and 500, then success: the SDK's own retries get through"""
    patient = Gemini(case, attempts=3)
    finished(case, patient.whole(marker("fail", id=case.id, code=429, n=1, retry_after=1)))
    case.id += "x"
    finished(case, patient.stream(marker("fail", id=case.id, code=500, n=1)))


def not_whole(case, sdk, prompt):
    """The stream breaks: an error, or at the least no finish reason; whole, an error."""
    try:
        answer = sdk.stream(prompt)
    except Exception as error:
        case.note(f"{type(error).__name__}: {str(error)[:80]}")
    else:
        case.check(answer.stop is None, f"passes for whole, {answer.stop}: {answer.text[:80]!r}")
        case.note("ends without a finish reason")


def cut(case, sdk):
    """cut upstream, in the text, at its end or in arguments: never an answer"""
    for at in ("text", "args", "tool", "end"):
        for how in ("rst", "clean", "fin"):
            not_whole(case, sdk, marker("cut", id=case.id, at=at, how=how, n=99, path="/x"))


def error_mid(case, sdk):
    """an error mid-stream is an error for the client too"""
    try:
        answer = sdk.stream(marker("error_mid", id=case.id, n=99))
    except sdk.errors.APIError as error:
        case.check("disconnected" in (error.message or ""), f"the words are lost: {error}")
        return
    raise Fail(f"no error was raised, finish reason {answer.stop}")


def error_in_200(case, sdk):
    """an error with status 200 is an error"""
    refused(case, sdk, marker("err200", id=case.id, n=99), (500, 502, 503),
            ("INTERNAL", "UNAVAILABLE"), ("provider returned error",))


def bad_arguments(case, sdk):
    """arguments that are not JSON: no call that could run as if whole"""
    try:
        answer = sdk.stream(marker("bad_args", id=case.id))
    except sdk.errors.APIError as error:
        case.note(str(error)[:80])
        return
    case.check(all("_invalid_arguments" in call.args for call in answer.calls), answer.arguments)


def unicode(case, sdk):
    """multi-byte text cut at any byte"""
    answer = sdk.stream(marker("unicode", id=case.id, split="1"))
    want = "Grüße, 世界! 👩‍👩‍👧 — “quotes” \\ \"x\" \u2028 \t end."
    case.check(answer.text.startswith(want), f"text damaged: {answer.text[:100]!r}")


def incremental(case, sdk):
    """text arrives as it is made, and the first of it at once"""
    answer = sdk.stream(marker("long", id=case.id, words=40, gap="0.05"))
    span = answer.times[-1] - answer.times[0]
    case.check(len(answer.times) >= 8 and span > 0.7, f"{len(answer.times)} chunks in {span:.2f}s")
    began = time.time()
    first = next(iter(sdk.chunks(marker("stall", id=case.id, secs=4))))
    case.check(first and time.time() - began < 2, "the first chunk waits for the rest")


def quiet(case, sdk):
    """a slow upstream that keeps its connection alive"""
    finished(case, sdk.stream(marker("keepalive", id=case.id, n=6, every="0.2")))


def large(case, sdk):
    """a prompt of 3 MB"""
    finished(case, sdk.stream("x" * 3_000_000 + marker("text", id=case.id)))


def many(case, sdk):
    """16 streams of the asynchronous client at once, none mixed up"""
    async def one(number):
        request = sdk.request(marker("long", id=f"{case.id}-{number}", words=30, gap="0.02"))
        chunks = await sdk.client.aio.models.generate_content_stream(**request)
        return Answer([chunk async for chunk in chunks])

    async def play():
        return await asyncio.gather(*[one(number) for number in range(16)])
    for number, answer in enumerate(asyncio.run(play())):
        case.check(f"id={case.id}-{number} " in answer.text, f"{number}: {answer.text[-80:]!r}")


def async_whole(case, sdk):
    """the asynchronous client, without a stream"""
    request = sdk.request(marker("text", id=case.id))
    response = asyncio.run(sdk.client.aio.models.generate_content(**request))
    finished(case, Answer([response]))


def hang_up(case, sdk):
    """the client hangs up mid-stream: the upstream request is given up too"""
    chunks = iter(sdk.chunks(marker("long", id=case.id, words=2000, gap="0.05")))
    for _ in range(3):
        next(chunks)
    chunks.close()
    sdk.client.close()
    for _ in range(60):
        time.sleep(0.1)
        ends = [row for row in case.suite.mock.log(case.since, case.id) if row["ev"] == "response"]
        if ends:
            case.check("gone" in ends[0]["outcome"], f"upstream outcome: {ends[0]['outcome']}")
            return
    raise Fail("the upstream request still ran 6 s after the client hung up")


def post(case, verb, body, query=""):
    url = f"{case.options.base_url}/v1beta/models/{case.options.model}:{verb}{query}"
    return harness.http_call("POST", url, {"x-goog-api-key": case.options.token}, body)


def array(case, sdk):
    """a stream that is not asked for as events is one JSON array, at its end and at an error"""
    for scenario, word in (("text", "MOCK-DONE"), ("error_mid", '"error"')):
        body = {"contents": [{"parts": [{"text": marker(scenario, id=case.id, n=99)}]}]}
        status, headers, data = post(case, "streamGenerateContent", body)
        form = headers["content-type"].split(";")[0]
        case.equal((status, form), (200, "application/json"), "head")
        case.check(isinstance(json.loads(data), list) and word in data.decode(), data[:300])


def snake(case, sdk):
    """members in snake case, one content without its array, no role"""
    body = {"contents": {"parts": {"text": marker("text", id=case.id)}},
            "system_instruction": {"parts": [{"text": "Be brief."}]},
            "generation_config": {"max_output_tokens": 55, "stop_sequences": []}}
    status, _, data = post(case, "generateContent", body)
    case.equal(status, 200, f"status ({data[:200]})")
    case.check("Be brief." in json.dumps(case.upstream_ok()[-1]["body"]), "the instruction is lost")


def wrong(case, sdk):
    """what is wrong with a request is named by its path, and nothing goes upstream"""
    faults = [({"contents": 3}, "contents"), ({}, "contents"),
              ({"contents": [{"parts": [{"texts": "x"}]}]}, "contents.0.parts.0"),
              ({"contents": [{"role": "robot", "parts": [{"text": "x"}]}]}, "contents.0.role"),
              ({"contents": [{"parts": [{"inlineData": {"data": "eA=="}}]}]}, "mimeType"),
              ({"contents": [{"parts": [{"text": "x"}]}], "tools": [{"x": {}}]}, "tools.0")]
    for body, path in faults:
        status, _, data = post(case, "generateContent", body)
        error = json.loads(data)["error"]
        case.equal((status, error["status"]), (400, "INVALID_ARGUMENT"), f"answer to {body}")
        case.check(path in error["message"], f"{path} is not named: {error['message']}")
    case.equal(case.everything(), [], "requests upstream")


CASES = [errors, auth, overflow, retries, cut, error_mid, error_in_200, bad_arguments, unicode,
         incremental, quiet, large, many, async_whole, hang_up, array, snake, wrong]
