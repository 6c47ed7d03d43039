"""What Google refuses of a request, and the thought signatures it issues."""
import base64
import hashlib
import re
import uuid

FUNCTION_NAME = re.compile(r"^[a-zA-Z_][a-zA-Z0-9_.:-]{0,63}$")
DUMMY_SIGNATURES = ("skip_thought_signature_validator", "context_engineering_is_the_way_to_go")
IMAGE_TYPES = {f"image/{name}" for name in ("png", "jpeg", "webp", "heic", "heif")}

MEMBERS = {
    "request": "model contents systemInstruction tools toolConfig safetySettings generationConfig "
               "cachedContent serviceTier store",
    "content": "role parts",
    "part": "text inlineData fileData functionCall functionResponse executableCode "
            "codeExecutionResult toolCall toolResponse thought thoughtSignature videoMetadata "
            "partMetadata mediaResolution",
    "inlineData": "mimeType data displayName",
    "fileData": "mimeType fileUri displayName",
    "functionCall": "id name args",
    "functionResponse": "id name response parts willContinue scheduling",
    "generationConfig": "temperature topP topK maxOutputTokens stopSequences candidateCount seed "
                        "presencePenalty frequencyPenalty responseLogprobs logprobs "
                        "responseMimeType responseSchema responseJsonSchema responseModalities "
                        "thinkingConfig speechConfig mediaResolution imageConfig "
                        "enableEnhancedCivicAnswers responseFormat",
    "thinkingConfig": "includeThoughts thinkingBudget thinkingLevel",
    "tool": "functionDeclarations googleSearch googleSearchRetrieval codeExecution urlContext "
            "computerUse fileSearch googleMaps",
    "functionDeclaration": "name description behavior parameters parametersJsonSchema response "
                           "responseJsonSchema",
    "toolConfig": "functionCallingConfig retrievalConfig includeServerSideToolInvocations",
    "functionCallingConfig": "mode allowedFunctionNames",
}
MEMBERS = {name: set(words.split()) for name, words in MEMBERS.items()}
DATA = ("text", "inlineData", "fileData", "functionCall", "functionResponse", "executableCode",
        "codeExecutionResult", "toolCall", "toolResponse")


# --- thought signatures --------------------------------------------------------------------------

def seal(tag):
    return f"opaque-gemini-{tag}-" + hashlib.sha256(b"gemini " + tag.encode()).hexdigest()[:32]


def issue():
    """A new thought signature: bytes in base64, as Google's."""
    return base64.b64encode(seal(uuid.uuid4().hex[:12]).encode()).decode()


def opened(signature):
    """What this upstream put into a signature; None if it did not issue it."""
    try:
        text = base64.b64decode(signature, validate=True).decode()
    except ValueError:
        return None
    parts = text.split("-")
    return text if len(parts) == 4 and seal(parts[2]) == text else None


# --- requests -------------------------------------------------------------------------

def parts_of(content):
    return [part for part in content.get("parts") or [] if isinstance(part, dict)]


class Judge:
    """Collects what is wrong with a request."""

    def __init__(self, model, body):
        self.model, self.body, self.bad = model.removeprefix("models/"), body, []
        self.is_third = self.model.startswith("gemini-3")

    def verdict(self):
        self.known("request", self.body, "")
        contents = self.body.get("contents")
        if not isinstance(contents, list) or not contents:
            self.bad.append("* GenerateContentRequest.contents: contents is not specified")
            return self.bad
        for number, content in enumerate(contents):
            self.content(content, f"contents[{number}]")
        if not self.bad:
            self.order(contents)
            self.signatures(contents)
        self.instruction(self.body.get("systemInstruction"))
        self.tools(self.body.get("tools") or [])
        self.config(self.body.get("generationConfig") or {})
        return self.bad

    def known(self, kind, value, path):
        if not isinstance(value, dict):
            self.bad.append(f"Invalid value at '{path}': not a message")
            return
        for key in value:
            if key not in MEMBERS[kind]:
                self.bad.append(f'Invalid JSON payload received. Unknown name "{key}" at '
                                f"'{path}': Cannot find field.")

    def instruction(self, value):
        if value is None:
            return
        self.known("content", value, "system_instruction")
        if not parts_of(value) or any(not part.get("text") for part in parts_of(value)):
            self.bad.append("system_instruction.parts: empty")

    def content(self, content, path):
        self.known("content", content, path)
        if content.get("role") not in ("user", "model"):
            self.bad.append("Please use a valid role: user, model.")
        if not parts_of(content):
            self.bad.append(f"* GenerateContentRequest.{path}.parts: contents.parts must not be "
                            "empty.")
        for number, part in enumerate(parts_of(content)):
            self.part(part, f"{path}.parts[{number}]")

    def part(self, part, path):
        self.known("part", part, path)
        data = [key for key in DATA if key in part]
        if len(data) != 1:
            self.bad.append(f"* {path}.data: required oneof field 'data' must have one "
                            f"initialized field, not {data}")
            return
        value = part[data[0]]
        if data[0] in MEMBERS:
            self.known(data[0], value, path)
        if data[0] == "text" and not value and "thoughtSignature" not in part:
            self.bad.append(f"{path}: empty text parameter")
        if data[0] == "inlineData":
            self.media(value, path)
        elif data[0] == "functionCall":
            if not isinstance(value.get("args", {}), dict):
                self.bad.append(f"Invalid value at '{path}.function_call.args' (Map)")
            self.name(value.get("name"), path)
        elif data[0] == "functionResponse":
            if not isinstance(value.get("response"), dict):
                self.bad.append(f"Invalid value at '{path}.function_response.response' (Map)")
            for inner in value.get("parts") or []:
                if not self.is_third:
                    self.bad.append("Multimodal function responses are not supported")
                self.media(inner.get("inlineData") or {}, path)

    def media(self, data, path):
        kind = data.get("mimeType") or ""
        try:
            base64.b64decode(data.get("data"), validate=True)
        except (ValueError, TypeError):
            self.bad.append(f"Invalid value at '{path}.inline_data.data' (TYPE_BYTES)")
        if "/" not in kind or kind.startswith("image/") and kind not in IMAGE_TYPES:
            self.bad.append(f"Unsupported MIME type: {kind}")

    def name(self, name, path):
        if not FUNCTION_NAME.match(name or ""):
            self.bad.append(f"Invalid value at '{path}': Invalid function name {name!r}.")

    def order(self, contents):
        calls = []
        for number, content in enumerate(contents):
            parts = parts_of(content)
            results = [p["functionResponse"] for p in parts if "functionResponse" in p]
            if calls or results:
                self.pair(calls, results)
            calls = [p["functionCall"] for p in parts if "functionCall" in p]
            if calls and (number == 0 or contents[number - 1]["role"] != "user"):
                self.bad.append("Please ensure that function call turn comes immediately after a "
                                "user turn or after a function response turn.")
        if calls:
            self.bad.append("the last function call turn has no function response turn")

    def pair(self, calls, results):
        if len(calls) != len(results):
            self.bad.append("Please ensure that the number of function response parts is equal to "
                            "the number of function call parts of the function call turn.")
        key = "id" if self.is_third else "name"
        if sorted(str(c.get(key)) for c in calls) != sorted(str(r.get(key)) for r in results):
            self.bad.append(f"function responses do not match their calls by {key}")

    def signatures(self, contents):
        """Every one must be ours; in the current turn every step's first call must have one."""
        last = max((n for n, c in enumerate(contents) if c["role"] == "user"
                    and any("functionResponse" not in p for p in parts_of(c))), default=0)
        for number, content in enumerate(contents):
            calls = [p for p in parts_of(content) if "functionCall" in p]
            for part in parts_of(content):
                text = part.get("thoughtSignature")
                if text and text not in DUMMY_SIGNATURES and not opened(text):
                    self.bad.append("Corrupted thought signature.")
            if self.is_third and number > last and calls and not calls[0].get("thoughtSignature"):
                self.bad.append("Function call is missing a thought_signature in functionCall "
                                "parts.")

    def tools(self, tools):
        names, kinds = [], set()
        for number, tool in enumerate(tools):
            self.known("tool", tool, f"tools[{number}]")
            kinds.update(tool)
            for one in tool.get("functionDeclarations") or []:
                self.known("functionDeclaration", one, f"tools[{number}].function_declarations")
                self.name(one.get("name"), f"tools[{number}]")
                names.append(one.get("name"))
        if len(set(names)) < len(names):
            self.bad.append("Duplicate function declaration found.")
        if len(kinds) > 1 and "functionDeclarations" in kinds and not self.is_third:
            self.bad.append("Tool use with function calling is unsupported")
        config = self.body.get("toolConfig") or {}
        self.known("toolConfig", config, "tool_config")
        calling = config.get("functionCallingConfig") or {}
        self.known("functionCallingConfig", calling, "tool_config.function_calling_config")
        if calling and not names:
            self.bad.append("Function calling config is set without function_declarations.")
        if calling.get("allowedFunctionNames"):
            if calling.get("mode") not in ("ANY", "VALIDATED"):
                self.bad.append("Allowed function names should only be set with mode ANY.")
            if not set(calling["allowedFunctionNames"]) <= set(names):
                self.bad.append("Allowed function names are not declared.")

    def config(self, config):
        self.known("generationConfig", config, "generation_config")
        thinking = config.get("thinkingConfig") or {}
        self.known("thinkingConfig", thinking, "generation_config.thinking_config")
        if "thinkingBudget" in thinking and "thinkingLevel" in thinking:
            self.bad.append("You can only set one of thinking budget and thinking level.")
        if len(config.get("stopSequences") or []) > 5:
            self.bad.append("stop_sequences must have at most 5 elements")
        if thinking and self.model.startswith("gemini-2.0"):
            self.bad.append("Thinking is not supported by this model.")
