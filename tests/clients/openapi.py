#!/usr/bin/env python3
"""Tests the HTTP door of `kenning serve` by its own OpenAPI description, with schemathesis.

usage: openapi.py KENNING [EXAMPLES]

Needs the package `schemathesis` in version 4.32.5 (`pip install schemathesis==4.32.5`). Starts a server on the embedded
graph, sends EXAMPLES (20) requests to each operation, valid and invalid ones, and fails if an answer is a server error,
has an undescribed content type, or does not fit its schema.
"""

import subprocess
import sys

CHECKS = "not_a_server_error,content_type_conformance,response_schema_conformance,status_code_conformance"


def main() -> int:
    kenning = sys.argv[1]
    examples = sys.argv[2] if len(sys.argv) > 2 else "20"
    server = subprocess.Popen(
        [kenning, "serve", "--http", "127.0.0.1:0", "--bolt", "off", "--log", "off", "--timeout", "5s"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = server.stdout.readline().strip()
        command = ["schemathesis", "run", f"{address}openapi.json", "--checks", CHECKS]
        command += ["--max-examples", examples, "--seed", "1", "--generation-database", "none"]
        return subprocess.run(command).returncode
    finally:
        server.terminate()
        server.wait()


if __name__ == "__main__":
    sys.exit(main())
