#!/usr/bin/env python3
"""Gemini on either side of the gateway, with the vendors' own SDKs and agents.

    gemini_suite.py --gateway PATH [--agents]

Runs Google's SDK against a provider of each other wire, and the SDKs of the other wires against a
Gemini provider, all at the same time, each with a gateway and a scripted upstream of its own on free
ports. --agents adds Claude Code and Codex. Exits 1 if a case failed. scripts/test-sdks installs the
SDKs; the agents come from get_clients.sh beside the upstream.
"""
import argparse
import concurrent.futures
import json
import os
import secrets
import subprocess
import sys
import tempfile

import shared

HERE = os.path.dirname(os.path.abspath(__file__))
CLIENTS = os.path.expanduser("~/.cache/gw-clients")
UPSTREAM_KEY = "sk-upstream"
# The model a Gemini client asks for, by the provider's wire.
OTHERS = ["router/mock/model", "chat/mock-model", "anth/mock-model", "resp/mock-model"]
GEMINIS = ["gem/gemini-3-pro-preview", "gem/gemini-2.5-flash"]
PROVIDERS = {
    "router": ("/api/v1", "openai-chat", {"dialect": "openrouter"}),
    "chat": ("/v1", "openai-chat", {}),
    "anth": ("/v1", "anthropic-messages", {}),
    "resp": ("/v1", "openai-responses", {}),
    "gem": ("/v1beta", "gemini", {}),
}


def started(command, **more):
    """A program and the first line it prints."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **more)
    line = process.stdout.readline()
    if not line:
        sys.exit(f"{command[0]} ended with {process.wait()} before it was ready")
    return process, line


def configuration(upstream):
    providers = {name: {"baseURL": upstream + path, "wires": [wire], "apiKey": UPSTREAM_KEY, **more}
                 for name, (path, wire, more) in PROVIDERS.items()}
    tiers = {"heavy": GEMINIS[0], "balanced": GEMINIS[1], "fast": GEMINIS[1]}
    return {"providers": providers, "profiles": {"default": tiers}}


def gateway(binary, upstream, scratch, token):
    path = os.path.join(scratch, "config.json")
    with open(path, "w", encoding="utf-8") as handle:
        json.dump(configuration(upstream), handle)
    env = {"PATH": os.environ["PATH"], "HOME": scratch, "AGENTROUTE_TOKEN": token,
           "AGENTROUTE_HOME": os.path.join(scratch, "home"),
           "XDG_STATE_HOME": os.path.join(scratch, "state")}
    with open(os.path.join(scratch, "gateway.log"), "w", encoding="utf-8") as log:
        process, line = started([binary, "serve", "--config", path, "--port", "0", "--json"],
                                env=env, stderr=log)
    return process, f"http://127.0.0.1:{json.loads(line)['port']}"


def suites(agents):
    """The checks as commands, without the addresses."""
    for model in OTHERS:
        yield [os.path.join(HERE, "gemini_check.py"), "--model", model]
    for model in GEMINIS:
        yield [os.path.join(shared.FOLDER, "sdk_check.py"), "--model", model]
    if agents:
        # Google has no arguments that are not JSON: it stops instead, and does so every time here.
        tiers = [word for tier in zip(("--opus", "--sonnet", "--haiku"), [GEMINIS[0]] * 3)
                 for word in tier]
        yield [os.path.join(shared.FOLDER, "claude_cases.py"), *tiers, "--skip", "bad_args"]
        yield [os.path.join(shared.FOLDER, "codex_cases.py"), "--model", GEMINIS[0],
               "--skip", "bad_args"]


def environment():
    """Where get_clients.sh puts the clients, unless the environment says otherwise."""
    folders = {"CLAUDE_BIN": "claude/claude_agent_sdk/_bundled/claude",
               "CODEX_BIN": "codex/codex_cli_bin/bin/codex", "SDK_PYTHON": "venv/bin/python"}
    env = {name: os.path.join(CLIENTS, path) for name, path in folders.items()}
    return {**env, **os.environ, "PYTHONDONTWRITEBYTECODE": "1"}


def run(command, binary):
    """One check with a gateway and an upstream of its own: what it wrote, and whether all is well."""
    token = secrets.token_hex(32)
    with tempfile.TemporaryDirectory(prefix="gemini-suite-") as scratch:
        processes = []
        try:
            with open(os.path.join(scratch, "upstream.log"), "w", encoding="utf-8") as log:
                upstream, line = started(
                    [sys.executable, "-B", os.path.join(HERE, "gemini_upstream.py"),
                     "--key", UPSTREAM_KEY], stderr=log)
            processes.append(upstream)
            address = line.split()[-1]
            process, base = gateway(binary, address, scratch, token)
            processes.append(process)
            words = [command[0], base, token, "--mock", address, *command[1:]]
            done = subprocess.run([sys.executable, "-B", *words], env=environment(), text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            return done.stdout, done.returncode == 0
        finally:
            for process in processes:
                process.terminate()
                process.wait()


def main():
    parser = argparse.ArgumentParser(description="Gemini clients and upstreams.")
    parser.add_argument("--gateway", required=True, help="the agentroute program")
    parser.add_argument("--agents", action="store_true", help="Claude Code and Codex too")
    arguments = parser.parse_args()
    if not os.access(environment()["SDK_PYTHON"], os.X_OK):
        sys.exit("there is no Python with the SDKs: run scripts/test-sdks, or set SDK_PYTHON")
    failed = []
    with concurrent.futures.ThreadPoolExecutor(max_workers=8) as pool:
        checks = [(command, pool.submit(run, command, arguments.gateway))
                  for command in suites(arguments.agents)]
        for command, check in checks:
            name = " ".join([os.path.basename(command[0]), *command[1:3]])
            output, is_well = check.result()
            print(f"== {name}\n{output}", end="", flush=True)
            if not is_well:
                failed.append(name)
    for name in failed:
        print(f"FAIL {name}")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
