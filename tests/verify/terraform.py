#!/usr/bin/env python3
"""Compares the needs read from a Terraform plan and state with those that `terraform graph` draws.

    tests/verify/terraform.py target/release/kenning

Needs `terraform` (1.11.4 was used) on the PATH; its built-in provider serves, so nothing is downloaded. The
configuration has 200 resources in modules, with counts, keys and `depends_on`. `terraform graph` leaves out what
follows from other edges, and a state holds all that follows: so the transitive closures are compared.
"""

import json
import os
import random
import re
import subprocess
import sys
import tempfile

QUERY = "MATCH (a)-[r:DEPENDS_ON]->(b) RETURN a.name, b.name"


def write(folder, name, text):
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def resource(name, uses, extra=""):
    return f'resource "terraform_data" "{name}" {{\n{extra}  input = [{", ".join(uses)}]\n}}\n'


def configuration(folder, seed):
    """A random configuration: resources refer to earlier ones, to modules, and modules to resources."""
    chance = random.Random(seed)
    child = 'variable "v" {}\n' + resource("r0", ["var.v"])
    for number in range(1, 5):
        uses = [f"terraform_data.r{chance.randrange(number)}.id"]
        child += resource(f"r{number}", uses + (["var.v"] if chance.random() < 0.3 else []))
    child += 'resource "terraform_data" "alone" {}\noutput "o" { value = terraform_data.r4.id }\n'
    write(os.path.join(folder, "child"), "main.tf", child)
    parent = 'variable "v" {}\nmodule "inner" {\n  source = "../child"\n  v = var.v\n}\n'
    write(os.path.join(folder, "parent"), "main.tf", parent + 'output "o" { value = module.inner.o }\n')
    text, names = "", []
    for number in range(120):
        uses = [chance.choice(names) for _ in range(min(len(names), chance.randrange(3)))]
        kind = chance.random()
        if kind < 0.1:
            source = chance.choice(["child", "parent"])
            value = f"[{', '.join(uses)}]"
            each = '  for_each = toset(["a", "b"])\n' if chance.random() < 0.3 else ""
            text += f'module "m{number}" {{\n  source = "./{source}"\n{each}  v = {value}\n}}\n'
            names.append(f'module.m{number}{chr(91)}"a"{chr(93)}.o' if each else f"module.m{number}.o")
            whole = f"module.m{number}"
            text += resource(f"after{number}", [], f"  depends_on = [{whole}]\n")
            names.append(f"terraform_data.after{number}.id")
        elif kind < 0.2:
            text += resource(f"x{number}", uses, "  count = 2\n")
            names.append(chance.choice([f"terraform_data.x{number}[0].id", f"terraform_data.x{number}[*].id"]))
        else:
            text += resource(f"x{number}", uses)
            names.append(f"terraform_data.x{number}.id")
    write(folder, "main.tf", text + f'output "last" {{ value = {names[-1]} }}\n')


def run(folder, *command):
    return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout


def without_keys(address):
    return re.sub(r'\[("[^"]*"|\d+)\]', "", address)


def closure(edges):
    """All pairs with a path between them, of resources alone."""
    after = {}
    for start, end in edges:
        after.setdefault(start, set()).add(end)
    pairs = set()
    for start in after:
        seen, left = set(), [start]
        while left:
            for end in after.get(left.pop(), ()):
                if end not in seen:
                    seen.add(end)
                    left.append(end)
        pairs |= {(start, end) for end in seen}
    is_resource = lambda name: "terraform_data." in name
    return {(start, end) for start, end in pairs if is_resource(start) and is_resource(end)}


def stated(kenning, path, folder):
    graph = os.path.join(folder, os.path.basename(path) + ".kenning")
    subprocess.run([kenning, "ingest", path, "-o", graph], check=True, capture_output=True)
    answer = subprocess.run([kenning, graph, "--format", "json", "-c", QUERY], check=True, capture_output=True, text=True)
    rows = json.loads(answer.stdout)
    return {tuple(map(without_keys, row.values() if isinstance(row, dict) else row)) for row in rows}


def compare(what, expected, found):
    print(f"{what}: {len(expected)} pairs, {len(expected - found)} missing, {len(found - expected)} too many")
    for pair in sorted(expected ^ found)[:10]:
        print("  missing" if pair in expected else "  too many", *pair)
    return expected == found


def main():
    kenning = os.path.abspath(sys.argv[1])
    is_same = True
    for seed in range(3):
        with tempfile.TemporaryDirectory() as folder:
            configuration(folder, seed)
            write(folder, "rc", "")
            os.environ["TF_CLI_CONFIG_FILE"] = os.path.join(folder, "rc")
            run(folder, "terraform", "init", "-no-color")
            run(folder, "terraform", "plan", "-no-color", "-out", "p")
            drawn = re.findall(r'"([^"\n]+)" -> "([^"\n]+)"', run(folder, "terraform", "graph"))
            drawn = closure({(without_keys(start), without_keys(end)) for start, end in drawn})
            plan = os.path.join(folder, "plan.json")
            write(folder, "plan.json", run(folder, "terraform", "show", "-json", "p"))
            is_same &= compare(f"plan {seed}", drawn, closure(stated(kenning, plan, folder)))
            run(folder, "terraform", "apply", "-no-color", "-auto-approve", "p")
            state = os.path.join(folder, "terraform.tfstate")
            is_same &= compare(f"state {seed}", drawn, closure(stated(kenning, state, folder)))
    sys.exit(not is_same)


if __name__ == "__main__":
    main()
