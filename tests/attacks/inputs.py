"""Campaign: every hostile value for every option, argument and setting; `python -m tests.attacks.inputs`.

The ordinary suite runs the same code with a few values for each input (test_security_inputs.py).
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

_TESTS = Path(__file__).with_name("test_security_inputs.py")


def main() -> int:
    environment = {**os.environ, "S3MONITOR_ATTACK_WITH_ALL": "1"}
    command = [sys.executable, "-m", "pytest", str(_TESTS), "-q", "--no-header", "-p", "no:cacheprovider"]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True)
    sys.stderr.write(done.stdout)

    from tests.attacks.test_security_inputs import HOSTILE, OPTIONS, SETTINGS, UNPRINTABLE

    inputs = sum(way is not None for way in OPTIONS.values())
    names = sum(map(len, SETTINGS.values()))
    sys.stdout.write(
        f"| inputs | values each | result |\n|---|---:|---|\n"
        f"| {inputs} options and arguments | {len(HOSTILE)} + {len(UNPRINTABLE)} | {done.stdout.splitlines()[-1]} |\n"
        f"| {names} variables of {len(SETTINGS)} settings, 3 commands | {len(HOSTILE)} | |\n"
    )
    return done.returncode


if __name__ == "__main__":
    raise SystemExit(main())
