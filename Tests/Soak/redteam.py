#!/usr/bin/env python3
"""Hostile clients and faulty upstreams against `agentroute serve`, on loopback.

Each case names its promise and the rule behind it. Several lanes run at once, each with its own
gateway. Exits 1 if a promise was not kept.
"""

import argparse
import importlib
import queue
import sys
import threading
import time
import traceback

from kit import KEY, TOKEN, Failure
from suite import CASES, Env
from upstream import answer

MODULES = (
    "cases_malformed",
    "cases_access",
    "cases_http",
    "cases_forward",
    "cases_framing",
    "cases_json",
    "cases_upstream",
    "cases_fields",
    "cases_relay",
    "cases_cut",
    "cases_slow",
    "cases_limits",
    "cases_tls",
)
LANES = 4


def run_case(env, item):
    """None, or what went wrong."""
    env.ensure()
    env.sent = env.seen = b""
    env.begin(answer(200, b"{}"))
    try:
        item.run(env)
    except Failure as fault:
        problem = str(fault)
    except Exception:  # a broken case is a failure as well, told whole
        problem = traceback.format_exc(limit=3)
    else:
        problem = None
    if not env.gateway.alive():
        problem = f"THE GATEWAY DIED ({env.gateway.process.returncode}): {problem}"
    return problem


def lane(program, todo, results):
    env = Env(program)
    while True:
        try:
            item = todo.get_nowait()
        except queue.Empty:
            break
        problem = run_case(env, item)
        results.append((item, problem, env.sent, env.seen))
    log = env.gateway.log()
    for secret in (TOKEN, KEY):
        if secret in log or secret in env.gateway.announcement:
            results.append((None, f"the secret {secret} is in the log or on stdout", b"", b""))
    code = env.gateway.terminate()
    if code != 0:
        results.append((None, f"SIGTERM ended it with {code}", b"", b""))
    env.close()


def select(pattern):
    for name in MODULES:
        importlib.import_module(name)
    return [item for item in CASES if pattern in f"{item.group}: {item.name}"]


def report(results, seconds):
    failed = [result for result in results if result[1] is not None]
    firm = [result for result in failed if result[0] is None or not result[0].debatable]
    for item, problem, sent, seen in failed:
        if item is None:
            print(f"FAIL {problem}")
            continue
        kind = "DEBATABLE" if item.debatable else "FAIL"
        print(f"{kind} {item.group}: {item.name}\n     why  {item.why}")
        if item.debatable:
            print(f"     but  {item.debatable}")
        print(f"     sent {sent[:400]!r}\n     got  {seen[:300]!r}\n     {problem}")
    count = sum(1 for result in results if result[0] is not None)
    print(
        f"{count - len([r for r in failed if r[0]])} of {count} pass, {len(firm)} fail, "
        f"{len(failed) - len(firm)} more are debatable ({seconds:.0f} s)"
    )
    return 1 if firm else 0


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("program", help="the agentroute to test")
    arguments.add_argument(
        "--only", default="", help="only cases whose `group: name` holds this text"
    )
    arguments.add_argument("--list", action="store_true", help="name the cases and run none")
    options = arguments.parse_args()
    cases = select(options.only)
    if options.list:
        print("\n".join(f"{item.group}: {item.name} [{item.why}]" for item in cases))
        return 0
    todo, results, began = queue.Queue(), [], time.monotonic()
    for item in cases:
        todo.put(item)
    lanes = [
        threading.Thread(target=lane, args=(options.program, todo, results))
        for _ in range(min(LANES, len(cases)))
    ]
    for thread in lanes:
        thread.start()
    for thread in lanes:
        thread.join()
    return report(results, time.monotonic() - began)


if __name__ == "__main__":
    sys.exit(main())
