#!/usr/bin/env python3
"""The scripted upstream of ../shared/clients, with Google's Gemini API beside its other wires.

    gemini_upstream.py --port 9011 --log /tmp/up.jsonl [--key sk-up]

Adds .../models/MODEL:generateContent, :streamGenerateContent and :countTokens; arguments, markers,
scenarios and log are those of mock_upstream.py. What Google refuses is refused with its status:
unknown members, roles out of order, calls without responses, signatures edited or missing.
"""
import argparse
import asyncio
import json
import re
import time
import urllib.parse
import uuid

import shared  # noqa: F401 (puts mock_upstream on the path)
import mock_upstream as mock
from gemini_judge import DUMMY_SIGNATURES, Judge, issue, opened, parts_of

TARGET = re.compile(r"/models/(?P<model>[^:]+):(?P<verb>[A-Za-z]+)$")
STATUS_WORDS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 402: "FAILED_PRECONDITION",
                403: "PERMISSION_DENIED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
                500: "INTERNAL", 502: "UNAVAILABLE", 503: "UNAVAILABLE",
                504: "DEADLINE_EXCEEDED", 529: "UNAVAILABLE"}


# --- reading a request ---------------------------------------------------------------------------

def response_text(response):
    return response.get("output", response.get("error", mock.dumps(response)))


def read_part(role, part):
    signature = part.get("thoughtSignature")
    if signature and signature not in DUMMY_SIGNATURES:
        yield {"k": "think", "text": part.get("text", ""), "sig": opened(signature) or signature}
    if "functionCall" in part:
        call = part["functionCall"]
        yield {"k": "call", "id": call.get("id"), "name": call.get("name"),
               "args": call.get("args")}
    elif "functionResponse" in part:
        result = part["functionResponse"]
        response = result.get("response") or {}
        yield {"k": "result", "id": result.get("id"), "text": response_text(response),
               "error": "error" in response}
    elif part.get("text") and not part.get("thought"):
        yield {"k": "asst" if role == "model" else "user", "text": part["text"]}


def read_gemini(body):
    items = [{"k": "system", "text": part.get("text", "")}
             for part in parts_of(body.get("systemInstruction") or {})]
    for content in body.get("contents") or []:
        for part in parts_of(content):
            items += read_part(content.get("role"), part)
    tools = []
    for tool in body.get("tools") or []:
        for one in tool.get("functionDeclarations") or []:
            schema = one.get("parametersJsonSchema") or one.get("parameters") or {}
            tools.append({"name": one.get("name"), "kind": "function", "schema": schema,
                          "deferred": False})
    return items, tools


def wanted_schema(api, body):
    if api != "gemini":
        return OTHERS_SCHEMA(api, body)
    config = body.get("generationConfig") or {}
    if config.get("responseMimeType") != "application/json":
        return None
    return config.get("responseJsonSchema") or config.get("responseSchema") or {
        "type": "object", "properties": {"ok": {"type": "boolean"}}}


OTHERS_SCHEMA = mock.wanted_schema
mock.wanted_schema = wanted_schema
mock.READERS["gemini"] = read_gemini


# --- what the log shows ---------------------------------------------------------------------------

def as_others_have_it(body):
    """What the suites of other wires look for in the log, by their own names of it."""
    datas = [part["inlineData"] for content in body.get("contents") or []
             for whole in parts_of(content)
             for part in [whole, *(whole.get("functionResponse") or {}).get("parts", [])]
             if "inlineData" in part]
    return {"tool_choice": body.get("toolConfig"),
            "pictures": [f"data:{data['mimeType']};base64,{data['data']}" for data in datas]}


# --- writing an answer ---------------------------------------------------------------------------

def gemini_error(status, kind, message):
    if kind == "ctx":
        message = ("The input token count (1212345) exceeds the maximum number of tokens allowed "
                   "(1048576).")
    words = {402: "Billing is not enabled: no credit", 429: "You exceeded your current quota."}
    error = {"code": status, "message": message or words.get(status, f"mock error {status}"),
             "status": STATUS_WORDS.get(status, "UNKNOWN")}
    if status == 429:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo",
                             "retryDelay": "1s"}]
    return {"error": error}


class PlayGemini(mock.Play):
    """Plays one list of actions as GenerateContentResponses."""

    def bare_error(self, status, kind, message):
        return gemini_error(status, kind, message)

    def err200(self, status, message):
        return gemini_error(status, None, message)

    def shows_thoughts(self):
        config = self.body.get("generationConfig") or {}
        return (config.get("thinkingConfig") or {}).get("includeThoughts") is True

    def usage(self):
        thoughts = mock.USAGE["reasoning"] if self.thought else 0
        usage = {"promptTokenCount": mock.USAGE["input"],
                 "cachedContentTokenCount": mock.USAGE["cached"],
                 "candidatesTokenCount": mock.USAGE["output"] - thoughts,
                 "totalTokenCount": mock.USAGE["input"] + mock.USAGE["output"]}
        return {**usage, **({"thoughtsTokenCount": thoughts} if thoughts else {})}

    def finish(self):
        return {"length": "MAX_TOKENS", "content_filter": "SAFETY", None: "STOP"}[self.stop]

    def response(self, parts, finish=None, **extra):
        candidate = {"content": {"parts": parts, "role": "model"}, "index": 0}
        if finish:
            candidate["finishReason"] = finish
        return {"candidates": [candidate], "usageMetadata": self.usage(),
                "modelVersion": self.model, "responseId": "mock" + self.tag, **extra}

    def call_part(self, call, signature):
        """A call; Google has no arguments that are not JSON: None stands for such a call."""
        try:
            function = {"name": call[1], "args": json.loads(call[3] or "{}")}
        except ValueError:
            return None
        if self.model.startswith("gemini-3"):
            function["id"] = uuid.uuid4().hex[:8]
        return {"functionCall": function, **({"thoughtSignature": signature} if signature else {})}

    def pieces(self):
        """Parts in their order, an action that is none as itself, at last the end."""
        signature = issue() if self.thought or self.model.startswith("gemini-3") else None
        for action in self.actions:
            kind = action[0]
            if kind == "think" and self.shows_thoughts():
                yield from ({"text": text, "thought": True}
                            for text in mock.pieces(action[1], self.size))
            elif kind == "text":
                yield from ({"text": text} for text in mock.pieces(action[1], self.size))
            elif kind == "call" and not action[4]:
                part = self.call_part(action, signature)
                if part is None:
                    yield ("finish", "MALFORMED_FUNCTION_CALL")
                    return
                signature = None
                yield part
            elif kind == "call":
                yield ("half", action)
            elif kind in ("sleep", "comment", "cut", "error"):
                yield action
        if signature:
            yield {"text": "", "thoughtSignature": signature}
        yield ("finish", self.finish())

    def whole(self):
        parts, finish = [], None
        for piece in self.pieces():
            if isinstance(piece, tuple):
                finish = piece[1] if piece[0] == "finish" else finish
            elif parts and self.joins(parts[-1], piece):
                parts[-1]["text"] += piece["text"]
            else:
                parts.append(dict(piece))
        return self.response(parts, finish)

    @staticmethod
    def joins(last, piece):
        plain = {"text", "thought"}
        return last.keys() <= plain and piece.keys() <= plain and last.keys() == piece.keys()

    async def chunk(self, value, gap=None):
        await self.emit(f"data: {mock.dumps(value)}\r\n\r\n", gap)

    async def stream(self):
        for piece in self.pieces():
            if isinstance(piece, dict):
                await self.chunk(self.response([piece]))
            elif piece[0] == "finish":
                await self.chunk(self.response([{"text": ""}], piece[1]), 0)
            elif piece[0] == "half":
                await self.emit('data: {"candidates": [{"content": {"parts": [{"functionCall": '
                                '{"name": "Write", "args": {"file_pa', 0)
            elif piece[0] == "sleep":
                await asyncio.sleep(piece[1])
            elif piece[0] == "comment":
                for _ in range(piece[1]):
                    await self.emit(": keep-alive\n\n", piece[2])
            elif piece[0] == "cut":
                await self.a.cut(piece[1])
                raise mock.Cut("clean")
            elif piece[0] == "error":
                await self.chunk(gemini_error(503, None, piece[2]), 0)
                return


class GeminiServer(mock.Server):
    """One client connection: Gemini's methods here, the other wires as ever."""

    async def one(self, req):
        found = TARGET.search(urllib.parse.unquote(req["path"]))
        if req["method"] != "POST" or not found:
            return await super().one(req)
        mock.STATE["n"] += 1
        answer, number, began = mock.Answer(self, req), mock.STATE["n"], time.time()
        body = json.loads(req["raw"] or b"null")
        record = {"ev": "request", "n": number, "t": round(began, 3), "conn": self.conn,
                  "method": req["method"], "target": req["target"], "path": req["path"],
                  "query": req["query"], "headers": req["headers"],
                  "body": {**body, **as_others_have_it(body)},
                  "api": "gemini", "dialect": "gemini", "verb": found["verb"]}
        run = None
        if found["verb"] != "countTokens":
            actions, params, info = mock.plan("gemini", body)
            record.update(info, violations=Judge(found["model"], body).verdict())
            streams = found["verb"] == "streamGenerateContent"
            play = {**body, "model": found["model"], "stream": streams}
            run = PlayGemini(answer, play, actions, params, "gemini")
        mock.log(record)
        outcome = "ok"
        try:
            await self.reply_gemini(answer, req, record, run)
        except (mock.Cut, ConnectionError) as error:
            outcome = f"cut:{error}" if isinstance(error, mock.Cut) else f"client gone: {error}"
            if outcome != "cut:clean":
                raise
        finally:
            mock.log({"ev": "response", "n": number, "id": record.get("id"),
                      "status": answer.status, "outcome": outcome,
                      "secs": round(time.time() - began, 3)})
        return req["h"].get("connection", "").lower() != "close"

    @staticmethod
    async def reply_gemini(answer, req, record, run):
        if mock.ARGS.key and req["h"].get("x-goog-api-key") != mock.ARGS.key:
            error = gemini_error(400, None, "API key not valid. Please pass a valid API key.")
            error["error"]["details"] = [{"reason": "API_KEY_INVALID"}]
            await answer.json(400, error)
        elif run is None:
            await answer.json(200, {"totalTokens": max(1, len(req["raw"]) // 4)})
        elif record["violations"] and not mock.ARGS.lenient:
            await answer.json(400, gemini_error(400, None, "; ".join(record["violations"])))
        elif record["verb"] == "streamGenerateContent" and "alt=sse" not in req["query"]:
            await answer.json(400, gemini_error(400, None, "only alt=sse is played here"))
        else:
            await run.run()


mock.Server = GeminiServer


def arguments():
    parser = argparse.ArgumentParser(description="The scripted upstream, Gemini included.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 picks a free one; it is printed")
    parser.add_argument("--log", help="append every request and outcome here, as JSON lines")
    parser.add_argument("--key", help="refuse requests that do not carry this key")
    parser.add_argument("--lenient", action="store_true", help="log what is refused, but answer")
    parser.set_defaults(gzip=False, ws_status=426)
    return parser.parse_args()


if __name__ == "__main__":
    mock.ARGS = arguments()
    asyncio.run(mock.main())
