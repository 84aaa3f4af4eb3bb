"""Published clients of Instantly's API against the sandbox on a port: `make test-clients`. Needs network, node, npm.

Each is installed, pinned, into a temporary folder, does what its users do, and is asked what it got. They are written
by others from the vendor's document, so what they trip over is either the sandbox's fault or theirs; theirs are listed
in docs/assumptions.md. Ends with 1 if any of them fails.
"""

import os
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bridge.sandbox import Sandbox, demo_world
from bridge.sandbox.server import start

HERE = Path(__file__).parent
SDK = "instantlyai==0.7.0"
COMMANDS = ("instantly-cli@0.1.21", "instantly-mcp@1.0.5")


def main():
    failed = []
    with tempfile.TemporaryDirectory(prefix="leadbridge-clients-") as folder:
        commands = {"sdk": _sdk(folder), "cli": _node(folder, "cli"), "mcp": _node(folder, "mcp")}
        for name, command in commands.items():
            with start(Sandbox(demo_world(datetime.now(UTC)))) as served:
                done = subprocess.run(command, check=False, env=_environment(served.url, folder), timeout=300)
            sys.stdout.write(f"{name}: {'ok' if done.returncode == 0 else 'FAILED'}\n")
            sys.stdout.flush()
            failed += [name] if done.returncode else []
    return 1 if failed else 0


def _sdk(folder):
    uv = Path(sys.executable).with_name("uv")
    venv = Path(folder) / "sdk"
    subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, venv], check=True)
    subprocess.run([uv, "pip", "install", "--quiet", "--python", venv / "bin" / "python", SDK], check=True)
    return [venv / "bin" / "python", HERE / "sdk.py"]


def _node(folder, name):
    if not (Path(folder) / "node_modules").exists():
        options = ("--silent", "--no-audit", "--no-fund", "--ignore-scripts")
        subprocess.run(["npm", "install", *options, "--prefix", folder, *COMMANDS], check=True)
    return [sys.executable, HERE / f"{name}.py"]


def _environment(url, folder):
    # The commands know no other address than the vendor's: a small module turns it round inside node.
    node = f"--import={(HERE / 'turn.mjs').as_uri()}"
    kept = {name: value for name, value in os.environ.items() if name in {"PATH", "LANG", "TMPDIR"}}
    reported = {"SANDBOX_URL": url, "INSTANTLY_API_KEY": Sandbox.keys.instantly, "HOME": folder, "CLIENTS": folder}
    return kept | reported | {"NODE_OPTIONS": node}


if __name__ == "__main__":
    sys.exit(main())
