"""
Serves the API and, after `faulty.py plant '{"FAULT": "debug"}'`, serves it anew with these variables beside the pod's own:
in a second, and so that nothing of before answers any more.
"""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

planted = Path("/tmp/planted")
serving = Path("/tmp/serving")
awaited = {signal.SIGHUP, signal.SIGTERM, signal.SIGCHLD}


def serve():
    signal.pthread_sigmask(signal.SIG_BLOCK, awaited)
    while True:
        variables = planted.read_text() if planted.exists() else "{}"
        server = subprocess.Popen(
            ["./bin/api-entrypoint.sh"],
            env={**os.environ, **json.loads(variables)},
            start_new_session=True,
            preexec_fn=lambda: signal.pthread_sigmask(signal.SIG_UNBLOCK, awaited),
        )
        serving.write_text(variables)
        reason = signal.sigwait(awaited)
        stop(server)
        if reason != signal.SIGHUP:
            sys.exit(f"ended by {reason!r}")


def stop(server):
    """With its workers, which become children of this process, the container's first."""
    try:
        os.killpg(server.pid, signal.SIGKILL)
        while True:
            os.wait()
    except (ProcessLookupError, ChildProcessError):
        pass
    # Of those that have just ended nothing is to be heard any more.
    while signal.sigtimedwait({signal.SIGCHLD}, 0):
        pass


def plant(variables):
    serving.unlink()
    planted.write_text(variables)
    os.kill(1, signal.SIGHUP)
    deadline = time.monotonic() + 60
    while not (serving.exists() and serving.read_text() == variables and answers()):
        if time.monotonic() > deadline:
            sys.exit("the API doesn't serve")
        time.sleep(0.05)


def answers():
    """Whatever it answers: a fault may make it refuse."""
    connection = http.client.HTTPConnection("127.0.0.1", 8000, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status > 0
    except OSError:
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    plant(sys.argv[2]) if sys.argv[1:2] == ["plant"] else serve()
