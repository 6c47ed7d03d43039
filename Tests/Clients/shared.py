"""Finds the tools that the checks of all clients share: the scripted upstream, the harness and
the suites of the other SDKs. They live beside this repository, or where AGENTROUTE_CLIENTS says."""
import os
import sys

REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
FOLDER = os.environ.get("AGENTROUTE_CLIENTS") or os.path.join(
    os.path.dirname(REPOSITORY), "shared", "clients")

if not os.path.exists(os.path.join(FOLDER, "mock_upstream.py")):
    sys.exit(f"no mock_upstream.py in {FOLDER}: set AGENTROUTE_CLIENTS")
# Behind this folder, which has an isolate module of its own.
sys.path.append(FOLDER)
