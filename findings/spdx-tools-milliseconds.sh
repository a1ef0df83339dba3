#!/usr/bin/env bash
# npm's SPDX and spdx-tools: the reference library refuses every file that `npm sbom` writes.
#
# Guess, written down before the run: a document that npm writes parses with the SPDX project's own Python library.
# Behaviour: npm writes `created` with milliseconds (2026-11-30T02:59:13.736Z). SPDX 2.3 asks for seconds, and spdx-tools
#   refuses the whole document for it; without the milliseconds it takes the same document.
# Seen with: npm 11.19.1, spdx-tools 0.8.5 (PyPI), Python 3.11, Node.js, 2026-11-30.
# For kenning: the reader of SPDX does not look at the time.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install spdx-tools==0.8.5
mkdir npm project
npm install --silent --no-audit --no-fund --prefix npm npm@11.19.1
cd project
echo '{"name": "app", "version": "1.0.0", "dependencies": {"ms": "2.0.0"}}' >package.json
npx="$work/npm/node_modules/.bin/npm"
"$npx" install --silent --package-lock-only --no-audit --no-fund
"$npx" sbom --package-lock-only --sbom-format spdx >"$work/sbom.spdx.json"
cd "$work"
cat >try.py <<'PYTHON'
import json, sys
from spdx_tools.spdx.parser.error import SPDXParsingError
from spdx_tools.spdx.parser.parse_anything import parse_file


def outcome(path):
    try:
        return f"{len(parse_file(path).packages)} packages"
    except SPDXParsingError as error:
        return "refused: " + "; ".join(error.get_messages())


document = json.load(open("sbom.spdx.json"))
written = document["creationInfo"]["created"]
as_written = outcome("sbom.spdx.json")
document["creationInfo"]["created"] = written.split(".")[0] + "Z"
json.dump(document, open("seconds.spdx.json", "w"))
without = outcome("seconds.spdx.json")
print(f"created: {written}\nas written: {as_written}\nwithout milliseconds: {without}")
seen = "." in written and as_written.startswith("refused") and without == "2 packages"
sys.exit(0 if seen else "changed")
PYTHON
venv/bin/python try.py
echo "as described above"
