#!/usr/bin/env python3
"""Google's own SDK (google-genai) against a gateway whose upstream is gemini_upstream.py.

    gemini_check.py BASE_URL TOKEN --mock MOCK_URL --model PROVIDER/MODEL [--only a,b] [--skip a,b]
                    [--python VENV/bin/python]

Each case prints PASS, FAIL or SKIP and the reason; the exit status is 1 when any failed. The SDK
runs in a network namespace from which BASE_URL and the upstream alone are reachable.
"""
import os
import sys

import shared

sys.path.insert(0, shared.FOLDER)  # its isolate, not the one of this folder

import gemini_content_cases  # noqa: E402
import gemini_failure_cases  # noqa: E402
import harness  # noqa: E402
import isolate  # noqa: E402
from gemini_sdk import Gemini  # noqa: E402
from harness import Suite  # noqa: E402


def cases():
    def bind(kind):
        def run(case):
            kind(case, Gemini(case))
        run.__doc__ = kind.__doc__
        return run
    kinds = gemini_content_cases.CASES + gemini_failure_cases.CASES
    return {kind.__name__: bind(kind) for kind in kinds}


def arguments(parser):
    parser.add_argument("--model", default="router/mock/model")
    parser.add_argument("--python", help="a python that has google-genai (else $SDK_PYTHON, else "
                                         "the environment of get_clients.sh)")


def isolated(suite):
    """Runs this file again in a namespace where there is the gateway and the upstream alone."""
    os.rmdir(suite.scratch)
    if not suite.mock:
        sys.exit("the upstream cannot be reached: give its address with --mock")
    python = harness.find_binary(
        suite.options.python, "SDK_PYTHON",
        [os.path.expanduser("~/.cache/gw-clients/venv/bin/python")], "run get_clients.sh")
    words = [isolate.inside(word) if word.startswith("http") else word for word in sys.argv[1:]]
    env = {"PATH": os.environ["PATH"], "HOME": "/tmp", "LANG": "C.UTF-8", "SDK_INSIDE": "1",
           "AGENTROUTE_CLIENTS": shared.FOLDER, "PYTHONDONTWRITEBYTECODE": "1"}
    targets = [suite.options.base_url, suite.mock.url]
    outcome = isolate.run([python, os.path.abspath(__file__), *words], targets, env=env,
                          timeout=600, passthrough=True)
    sys.exit(124 if outcome.timed_out else outcome.code)


if __name__ == "__main__":
    suite = Suite("google-genai", cases(), arguments)
    if os.environ.get("SDK_INSIDE") == "1":
        suite.run()
    isolated(suite)
