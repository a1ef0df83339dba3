#!/usr/bin/env bash
# Ladybug: what was committed through a symbolic link is missing from the file it leads to, and later undoes newer commits.
#
# Guess, written down before the run: a database opened by a symbolic link or by its own path is one database, as in
#   SQLite 3.40.1 and DuckDB 2.0.1 (both tried: their logs are named after the real file).
# Behaviour: Ladybug names its log after the path it was opened by. A commit through link.db goes to link.db.wal; who
#   opens real.db sees the state before it, without an error or a warning. When link.db is opened again, the old log is
#   replayed over what was committed through real.db meanwhile: the older value comes back, and the newer one is gone.
#   Every close here is clean; only the checkpoint at closing is off, as it is for anyone whose process ends without one.
# Seen with: ladybug 0.22.0 (PyPI), Python 3.11, Linux, 2026-11-29.
# For kenning: resolve links before a file is opened; keep the log in the database file itself.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip -q install ladybug==0.22.0
cat >try.py <<'PYTHON'
import os, sys
import ladybug


def run(path, *statements):
    """Opens the database, runs the statements, closes it cleanly; the rows of the last one."""
    database = ladybug.Database(path)
    connection = ladybug.Connection(database)
    connection.execute("CALL force_checkpoint_on_close=false")
    rows = [connection.execute(statement).get_all() for statement in statements][-1]
    connection.close()
    database.close()
    print(f"{path}: {'; '.join(statements)} -> {rows}   files: {' '.join(sorted(os.listdir('.')))}")
    return rows


os.mkdir("data")
os.chdir("data")
run("real.db", "CREATE NODE TABLE Account(name STRING, balance INT64, PRIMARY KEY(name))", "CREATE (:Account {name: 'a', balance: 0})", "CHECKPOINT")
os.symlink("real.db", "link.db")
READ = "MATCH (a:Account) RETURN a.balance"
run("link.db", "MATCH (a:Account) SET a.balance = 1", READ)
by_real_name = run("real.db", READ)
run("real.db", "MATCH (a:Account) SET a.balance = 2", "CHECKPOINT")
after_newer_commit = run("real.db", READ)
by_link_again = run("link.db", READ)
seen = (by_real_name, after_newer_commit, by_link_again)
print(f"guessed: [[1]] [[2]] [[2]]\nseen:    {by_real_name} {after_newer_commit} {by_link_again}")
sys.exit(0 if seen == ([[0]], [[2]], [[1]]) else f"changed: {seen}")
PYTHON
venv/bin/python try.py
echo "as described above"
