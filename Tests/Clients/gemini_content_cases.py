"""What is said, both ways: text, tools, thoughts, media, forms, settings. See gemini_check.py."""
import base64
import json

import harness
from gemini_sdk import SCHEMA, WRITTEN, Answer, both, finished, usage_is_right
from harness import marker, png


def text(case, sdk):
    """a text answer with its counts, whole and streamed"""
    def check(streams):
        answer = sdk.ask(streams, marker("text", id=case.id))
        finished(case, answer)
        usage_is_right(case, answer.usage)
        case.check(answer.model, "no model version")
    both(case, sdk, check)
    case.upstream_ok(2)


def instructions(case, sdk):
    """the system instruction reaches the model, several parts of it too"""
    several = sdk.content("First rule.", "Second rule.", role="user")
    finished(case, sdk.whole(marker("text", id=case.id), system_instruction=several))
    rows = case.upstream_ok()
    case.check("First rule." in json.dumps(rows[0]["body"]), "the instruction is lost")
    case.check("Second rule." in json.dumps(rows[0]["body"]), "its second part is lost")


def tool(case, sdk):
    """a function call and its response, whole and streamed"""
    def check(streams):
        prompt = sdk.content(marker("tool_write", id=case.id, path="/x", content=WRITTEN))
        first = sdk.ask(streams, [prompt])
        case.equal(first.arguments, [("Write", {"file_path": "/x", "content": WRITTEN})], "calls")
        case.equal(first.stop.value, "STOP", "finish reason")
        finished(case, sdk.ask(streams, [prompt, *sdk.results(first)]), results=1)
    both(case, sdk, check)
    case.upstream_ok(4)


def parallel(case, sdk):
    """two calls in one answer, their arguments interleaved upstream, and both responses"""
    for interleave in ("0", "1"):
        prompt = sdk.content(marker("parallel", id=case.id, path="/a", path2="/b", content="one",
                                    content2="two", interleave=interleave))
        first = sdk.stream([prompt])
        case.equal([call.args["content"] for call in first.calls], ["one", "two"], "calls")
        case.check(len({call.id for call in first.calls}) == 2, "the calls share an id")
        finished(case, sdk.stream([prompt, *sdk.results(first)]), results=2)
    case.upstream_ok(4)


def without_ids(case, sdk):
    """calls and responses without ids, as Gemini had none for long: paired by name and order"""
    prompt = sdk.content(marker("parallel", id=case.id, path="/a", path2="/b", content="one",
                                content2="two"))
    first = sdk.whole([prompt])
    history = sdk.results(first, lambda call: {"output": call.args["content"]})
    for content in history:
        for part in content.parts:
            call = part.function_call or part.function_response
            if call:
                call.id = None
    finished(case, sdk.whole([prompt, *history]), results=2)
    case.equal([result["text"] for result in case.upstream_ok(2)[1]["results_seen"]],
               ["one", "two"], "results upstream")


def responses_of_all_forms(case, sdk):
    """responses with output, result, error, or any object reach the model as they are"""
    forms = [({"output": "plain"}, "plain"), ({"result": "plain too"}, "plain too"),
             ({"error": "it broke"}, "it broke"), ({"a": 1, "b": [True]}, '"b"')]
    for response, words in forms:
        prompt = sdk.content(marker("tool_write", id=case.id, path="/x"))
        first = sdk.whole([prompt])
        finished(case, sdk.whole([prompt, *sdk.results(first, lambda call: response)]), results=1)
        seen = case.upstream_ok(2)[-1]["results_seen"]
        case.check(words in seen[0]["text"], f"{words!r} is lost: {seen}")


def functions_of_python(case, sdk):
    """a Python function as a tool: the SDK calls it and sends its result"""
    written = []

    def Write(file_path: str, content: str) -> str:
        """Writes a file."""
        written.append((file_path, content))
        return "written"

    prompt = marker("tool_write", id=case.id, path="/x", content="hello")
    response = sdk.client.models.generate_content(
        model=case.options.model, contents=prompt, config={"tools": [Write]})
    case.equal(written, [("/x", "hello")], "the function's calls")
    finished(case, Answer([response]), results=1)
    case.upstream_ok(2)


def tool_modes(case, sdk):
    """function calling: AUTO, ANY, one function by name, NONE"""
    for mode, names in (("AUTO", None), ("ANY", None), ("ANY", ["Read"]), ("NONE", None),
                        ("VALIDATED", None)):
        choice = {"function_calling_config": {"mode": mode, "allowed_function_names": names}}
        finished(case, sdk.whole(marker("text", id=case.id), tool_config=choice))
        sent = json.dumps(case.upstream_ok()[-1]["body"].get("tool_choice"))
        wanted = {"AUTO": ("auto", "null"), "VALIDATED": ("auto", "null"), "NONE": ("none", "null"),
                  "ANY": ("Read",) if names else ("any", "required")}[mode]
        case.check(any(word in sent for word in wanted), f"{mode} {names}: {sent} upstream")


def chat(case, sdk):
    """the SDK's chats, streamed and not, with a function call in the middle"""
    talk = sdk.client.chats.create(model=case.options.model, config=sdk.config())
    first = Answer(talk.send_message_stream(marker("tool_write", id=case.id, path="/x")))
    case.equal(len(first.calls), 1, "calls")
    call = first.calls[0]
    reply = sdk.types.Part(function_response={"id": call.id, "name": call.name,
                                              "response": {"output": "done"}})
    finished(case, Answer([talk.send_message(reply)]), results=1)
    finished(case, Answer(talk.send_message_stream(marker("text", id=case.id))))
    case.upstream_ok(3)


def thinking(case, sdk):
    """thoughts are shown when they are asked for, whole and streamed"""
    def check(streams):
        answer = sdk.ask(streams, marker("reasoning", id=case.id),
                         thinking_config={"include_thoughts": True, "thinking_budget": 2048})
        finished(case, answer)
        case.check("6 times 7 is 42" in answer.thoughts, f"thoughts lost: {answer.thoughts!r}")
        case.check("6 times 7" not in answer.text, "the thoughts are in the text")
        usage_is_right(case, answer.usage, thoughts=answer.usage.thoughts_token_count or 0)
    both(case, sdk, check)
    case.upstream_ok(2)


def thinking_replay(case, sdk):
    """thoughts before a call come back to the upstream unedited with the call's response"""
    for scenario in ("reasoning_tool", "encrypted"):
        prompt = sdk.content(marker(scenario, id=case.id, path="/x"))
        config = {"thinking_config": {"include_thoughts": True, "thinking_budget": 2048}}
        for streams in (True, False):
            first = sdk.ask(streams, [prompt], **config)
            case.check(first.calls, "no call")
            finished(case, sdk.ask(streams, [prompt, *sdk.results(first)], **config), results=1)
            last = case.upstream_ok(2)[-1]
            if scenario == "encrypted" and not last.get("thinking_replayed"):
                case.check(case.options.model.startswith("chat/"), "hidden thoughts are lost")
                continue
            case.check(last.get("thinking_replayed"), f"{scenario}: not replayed")
            case.check(last.get("thinking_replay_ok"), f"{scenario}: edited")


def thinking_without_parts(case, sdk):
    """a client that returns no thought parts, as Gemini CLI, still returns the signatures"""
    prompt = sdk.content(marker("reasoning_tool", id=case.id, path="/x"))
    config = {"thinking_config": {"include_thoughts": True, "thinking_budget": 2048}}
    first = sdk.stream([prompt], **config)
    for content in first.contents:
        content.parts = [part for part in content.parts if not part.thought]
    history = [content for content in sdk.results(first) if content.parts]
    finished(case, sdk.stream([prompt, *history], **config), results=1)
    case.upstream_ok(2)


def image(case, sdk):
    """an image reaches the upstream, in a message and beside a function response"""
    data = png()
    part = sdk.types.Part.from_bytes(data=data, mime_type="image/png")
    wanted = base64.b64encode(data).decode()
    finished(case, sdk.whole([sdk.content(marker("text", id=case.id), part)]))
    case.check(wanted in json.dumps(case.upstream_ok()[-1]["body"]), "no picture upstream")
    prompt = sdk.content(marker("tool_write", id=case.id, path="/x"))
    first = sdk.whole([prompt])
    history = sdk.results(first)
    history[-1].parts.append(part)
    finished(case, sdk.whole([prompt, *history]), results=1)
    case.check(wanted in json.dumps(case.upstream_ok(3)[-1]["body"]), "no picture with the result")


def document(case, sdk):
    """a text file reaches the upstream"""
    part = sdk.types.Part.from_bytes(data="Zebra notes".encode(), mime_type="text/plain")
    finished(case, sdk.whole([sdk.content(marker("text", id=case.id), part)]))
    sent = json.dumps(case.upstream_ok()[-1]["body"])
    held = base64.b64encode(b"Zebra notes").decode()
    case.check("Zebra notes" in sent or held in sent, "the text is lost")


def structured(case, sdk):
    """structured output by a Pydantic model and by a JSON schema"""
    import pydantic
    Wanted = pydantic.create_model("Wanted", answer=(str, ...), count=(int, ...))
    prompt = "Answer. " + marker("text", id=case.id)
    answer = sdk.whole(prompt, functions=(), response_mime_type="application/json",
                       response_schema=Wanted)
    case.equal(answer.parsed.model_dump(), {"answer": "mock", "count": 1}, "the parsed answer")
    answer = sdk.stream(prompt, functions=(), response_mime_type="application/json",
                        response_json_schema=SCHEMA)
    case.equal(json.loads(answer.text), {"answer": "mock", "count": 1}, "the answer")
    case.upstream_ok(2)


def sampling(case, sdk):
    """stop sequences, temperature and the most tokens reach the upstream"""
    finished(case, sdk.whole(marker("text", id=case.id), stop_sequences=["HALT-HERE"],
                             temperature=0.25, top_p=0.5, max_output_tokens=777))
    body = case.upstream_ok()[-1]["body"]
    sent = json.dumps({key: value for key, value in body.items()
                       if key not in ("messages", "input", "contents")})
    for word in ("0.25", "0.5", "777"):
        case.check(word in sent, f"{word} is lost: {sent[:300]}")
    if not case.options.model.startswith("resp/"):
        case.check("HALT-HERE" in sent, "the stop sequence is lost")


def max_tokens(case, sdk):
    """an answer cut off for length says so"""
    both(case, sdk, lambda streams: case.equal(
        sdk.ask(streams, marker("max_tokens", id=case.id)).stop.value, "MAX_TOKENS", "stop"))


def refusal(case, sdk):
    """an answer stopped by a filter says so"""
    both(case, sdk, lambda streams: case.equal(
        sdk.ask(streams, marker("refusal", id=case.id)).stop.value, "SAFETY", "stop"))


def no_arguments(case, sdk):
    """a call whose arguments never come has none"""
    now = {"name": "now", "description": "The time."}
    answer = sdk.stream(marker("no_args", id=case.id), functions=[now])
    case.equal([(call.name, call.args or {}) for call in answer.calls], [("now", {})], "calls")
    case.upstream_ok()


def count(case, sdk):
    """countTokens"""
    got = sdk.client.models.count_tokens(model=case.options.model, contents="word " * 1000)
    case.check(500 <= got.total_tokens <= 5000, f"1000 words count as {got.total_tokens}")


def models(case, sdk):
    """the model list"""
    status, _, _ = harness.http_call("GET", f"{case.options.base_url}/v1beta/models",
                                     {"x-goog-api-key": case.options.token})
    if status == 404:
        case.skip("this server lists no models on this wire")
    names = [model.name for model in sdk.client.models.list()]
    case.check(names, "no models")
    case.note(", ".join(names[:3]))


CASES = [text, instructions, tool, parallel, without_ids, responses_of_all_forms,
         functions_of_python, tool_modes, chat, thinking, thinking_replay, thinking_without_parts,
         image, document, structured, sampling, max_tokens, refusal, no_arguments, count, models]
