#!/usr/bin/env python3
"""Compares the relations read from unit files with those that systemd itself loads from them.

    tests/verify/systemd_units.py target/release/kenning [FOLDER]

Needs systemd (252 was used), which is run unprivileged as `systemd --test`: it loads the units of FOLDER
(/lib/systemd/system) and prints all their dependencies. Templates are loaded as the instance `kenning`. What
`[Install]` says is compared with the links that `systemctl --root enable` makes.
"""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile

INSTANCE = "kenning"
TYPES = ("service", "socket", "mount", "automount", "swap", "target", "path", "timer", "slice")
QUERY = "MATCH (a:Unit)-[r]->(b:Unit) RETURN a.name, type(r), b.name, r.when"
# A property of the dump: the type of the relation, and whether it is turned round.
FORWARD = {
    "Requires": ("DEPENDS_ON", False),
    "Requisite": ("DEPENDS_ON", False),
    "Wants": ("WANTS", False),
    "BindsTo": ("BINDS_TO", False),
    "PartOf": ("STOPS_WITH", False),
    "Upholds": ("UPHOLDS", False),
    "Conflicts": ("CONFLICTS_WITH", False),
    "After": ("STARTS_AFTER", False),
    "Before": ("STARTS_AFTER", True),
    "OnFailure": ("FAILURE_HANDLED_BY", False),
    "OnSuccess": ("TRIGGERS", False),
    "Triggers": ("TRIGGERS", False),
    "PropagatesReloadTo": ("RELOADS", False),
    "ReloadPropagatedFrom": ("RELOADS", True),
    "PropagatesStopTo": ("STOPS_WITH", True),
    "StopPropagatedFrom": ("STOPS_WITH", False),
    "JoinsNamespaceOf": ("JOINS_NAMESPACE_OF", False),
}
# What systemd adds and no file says, or only by a setting of execution.
IMPLIED = (
    "-.mount",
    "-.slice",
    "system.slice",
    "tmp.mount",
    "systemd-journald.socket",
    "systemd-journald-dev-log.socket",
    "systemd-tmpfiles-setup.service",
    "systemd-remount-fs.service",
)


def collect(source, folder):
    """Copies the unit files and drop-ins; links to other names are left out."""
    names = []
    for name in sorted(os.listdir(source)):
        path = os.path.join(source, name)
        if os.path.islink(path):
            continue
        if os.path.isdir(path) and name.endswith(".d"):
            shutil.copytree(path, os.path.join(folder, name))
        elif name.rsplit(".", 1)[-1] in TYPES and os.path.isfile(path) and os.path.getsize(path):
            shutil.copy(path, folder)
            names.append(name)
    return names


def plain(name):
    """An instance is compared as its template, in which names of other units may have `%i`."""
    return re.sub(r"@.*\.", "@.", name).replace(INSTANCE, "%i")


def is_added(relation):
    """Slices of templates are default dependencies; of the slice of a user there is no file."""
    start, _, end = relation
    of_template = re.match(r"system-.*\.slice$", end) and "@." in start
    return of_template or start == "user-%i.slice" or {start, end} & set(IMPLIED)


def loaded(folder, names):
    """Relations by systemd: those that files state, and all."""
    wanted = " ".join(re.sub(r"@\.", f"@{INSTANCE}.", name) for name in names)
    with open(os.path.join(folder, "all-of-them.target"), "w") as file:
        file.write(f"[Unit]\nDefaultDependencies=no\nWants={wanted}\n")
    environment = {"SYSTEMD_UNIT_PATH": folder, "PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": "/tmp", "HOME": "/"}
    command = ["/lib/systemd/systemd", "--test", "--system", "--unit=all-of-them.target"]
    nobody = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
    dump = subprocess.run(command, env=environment, capture_output=True, text=True, errors="replace", **nobody).stdout
    stated, every, unit, units = set(), set(), None, set()
    for line in dump.splitlines():
        begin = re.match(r"\t*-> Unit (.*):$", line)
        if begin:
            unit = begin[1]
        found = re.match(r"\t+(\w+): (\S+) \((.*)\)$", line)
        if re.match(r"\t+Unit Load State: loaded", line):
            units.add(plain(unit))
        if not found or found[1] not in FORWARD or "all-of-them.target" in (unit, found[2]):
            continue
        kind, is_turned = FORWARD[found[1]]
        pair = (unit, found[2])
        relation = (plain(pair[is_turned]), kind, plain(pair[not is_turned]))
        every.add(relation)
        if "origin-file" in found[3] or "origin-implicit" in found[3]:
            stated.add(relation)
    return units, stated, every


def read(kenning, folder):
    graph = os.path.join(folder, "..", "units.kenning")
    subprocess.run([kenning, "ingest", folder, "-o", graph], check=True, capture_output=True)
    answer = subprocess.run([kenning, graph, "--format", "json", "-c", QUERY], check=True, capture_output=True, text=True)
    rows = [list(row.values()) if isinstance(row, dict) else row for row in json.loads(answer.stdout)]
    stated = {(plain(start), kind, plain(end)) for start, kind, end, when in rows if not when}
    enabled = {(start, kind, end) for start, kind, end, when in rows if when and kind in ("WANTS", "DEPENDS_ON")}
    return stated, enabled


def links(folder, names):
    """What `systemctl enable` links; templates without a default instance cannot be enabled."""
    root = os.path.join(os.path.dirname(folder), "root")
    units = os.path.join(root, "etc/systemd/system")
    shutil.copytree(folder, units)
    for name in names:
        subprocess.run(["systemctl", f"--root={root}", "enable", name], capture_output=True)
    found = set()
    for path, _, files in os.walk(units):
        start, _, ending = os.path.basename(path).rpartition(".")
        kind = {"wants": "WANTS", "requires": "DEPENDS_ON"}.get(ending)
        found |= {(start, kind, file) for file in files if kind}
    return found


def compare(what, expected, found, rest):
    print(f"{what}: {len(expected)} relations, {len(expected - found)} missing, {len(found - rest)} too many")
    for relation in sorted(expected - found):
        print("  missing ", *relation)
    for relation in sorted(found - rest):
        print("  too many", *relation)
    return not (expected - found) and not (found - rest)


def main():
    kenning, source = os.path.abspath(sys.argv[1]), (sys.argv[2:] or ["/lib/systemd/system"])[0]
    with tempfile.TemporaryDirectory() as base:
        os.chmod(base, 0o755)
        folder = os.path.join(base, "units")
        os.mkdir(folder)
        names = collect(source, folder)
        stated, enabled = read(kenning, folder)
        linked = links(folder, names)
        units, by_files, every = loaded(folder, names)
        print(f"{len(names)} files, {len(units)} units loaded")
        is_plain = lambda name: name in units and not name.startswith("*")
        conflicts = {(end, kind, start) for start, kind, end in every if kind == "CONFLICTS_WITH"}
        instances = {relation for relation in stated if relation[1] in ("INSTANCE_OF", "PROVIDES", "ENABLES")}
        found = {relation for relation in stated - instances if is_plain(relation[0]) or is_plain(relation[2])}
        expected = {one for one in by_files if not is_added(one)}
        is_same = compare("loaded", expected, found, every | conflicts)
        named = {relation for relation in enabled if "@." not in relation[2]}
        is_same &= compare("enabled", {one for one in linked if "@" not in one[2]}, named, linked)
    sys.exit(not is_same)


if __name__ == "__main__":
    main()
