"""Google's SDK (google-genai) as the cases of gemini_check.py use it."""
import time

from harness import Fail

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"},
                                           "count": {"type": "integer"}},
          "required": ["answer", "count"]}
WRITE = {"name": "Write", "description": "Writes a file.", "parameters": {
    "type": "OBJECT", "required": ["file_path", "content"], "properties": {
        "file_path": {"type": "STRING"}, "content": {"type": "STRING", "nullable": True}}}}
READ = {"name": "Read", "description": "Reads a file.", "parameters_json_schema": {
    "type": "object", "properties": {"file_path": {"type": "string"}}, "required": ["file_path"]}}
WRITTEN = 'a "b"\nü'


class Answer:
    """What the model said, of one response or of all chunks of a stream."""

    def __init__(self, responses):
        self.text, self.thoughts, self.calls, self.contents, self.stop = "", "", [], [], None
        self.usage, self.times, self.model, self.parsed = None, [], None, None
        for response in responses:
            self.add(response)

    def add(self, response):
        self.times.append(time.time())
        self.usage = response.usage_metadata or self.usage
        self.model = response.model_version or self.model
        self.parsed = response.parsed
        for candidate in response.candidates or []:
            self.stop = candidate.finish_reason or self.stop
            if not candidate.content:
                continue
            self.contents.append(candidate.content)
            for part in candidate.content.parts or []:
                if part.function_call:
                    self.calls.append(part.function_call)
                elif part.thought:
                    self.thoughts += part.text or ""
                else:
                    self.text += part.text or ""

    @property
    def arguments(self):
        return [(call.name, call.args) for call in self.calls]


class Gemini:
    """The SDK as a case uses it."""

    def __init__(self, case, token=None, attempts=1):
        from google import genai
        from google.genai import errors, types
        self.case, self.types, self.errors = case, types, errors
        self.client = genai.Client(api_key=token or case.options.token, http_options={
            "base_url": case.options.base_url, "timeout": 60_000,
            "retry_options": {"attempts": attempts, "initial_delay": 0.2}})

    def config(self, functions=(WRITE, READ), **extra):
        config = {"system_instruction": "You are a test.", **extra}
        if functions:
            config["tools"] = [{"function_declarations": list(functions)}]
        return config

    def content(self, *parts, role="user"):
        types = self.types
        parts = [types.Part(text=part) if isinstance(part, str) else part for part in parts]
        return types.Content(role=role, parts=parts)

    def request(self, contents, **config):
        return {"model": self.case.options.model, "contents": contents,
                "config": self.config(**config)}

    def whole(self, contents, **config):
        return Answer([self.client.models.generate_content(**self.request(contents, **config))])

    def chunks(self, contents, **config):
        return self.client.models.generate_content_stream(**self.request(contents, **config))

    def stream(self, contents, **config):
        return Answer(self.chunks(contents, **config))

    def ask(self, streams, contents, **config):
        return (self.stream if streams else self.whole)(contents, **config)

    def results(self, answer, respond=lambda call: {"output": "done"}):
        """The model's contents as they came, and a response to each of its calls."""
        part = self.types.Part
        responses = [part(function_response={"id": call.id, "name": call.name,
                                             "response": respond(call)}) for call in answer.calls]
        return [*answer.contents, self.content(*responses)]


def finished(case, answer, results=None, stop="STOP"):
    case.check(f"MOCK-DONE id={case.id}" in answer.text, f"not the model's text: {answer.text!r}")
    case.equal(answer.stop and answer.stop.value, stop, "finish reason")
    if results is not None:
        case.check(f"results={results} " in answer.text, f"{results} results wanted: {answer.text}")


def usage_is_right(case, usage, thoughts=0):
    got = [usage.prompt_token_count, usage.cached_content_token_count,
           usage.candidates_token_count, usage.thoughts_token_count or 0, usage.total_token_count]
    case.equal(got, [1234, 1000, 56 - thoughts, thoughts, 1290], "usage")


def both(case, sdk, check):
    """Runs check for the whole answer and for the stream."""
    for streams in (False, True):
        try:
            check(streams)
        except Fail as error:
            raise Fail(f"{'stream' if streams else 'whole'}: {error}")
        except sdk.errors.APIError as error:
            raise Fail(f"{'stream' if streams else 'whole'}: {error}")
