#!/usr/bin/env python3
"""Kills real processes of kenning at random moments, and checks that nothing acknowledged is lost.

    python3 tests/verify/kill.py --kenning BIN [--times 1000] [--seed N] [--only kills,locks,…]

After each kill the file is opened and compared with a model: every transaction whose answer was printed is there, none that
was never sent is there, no transaction is there in part, and `kenning check` passes. Then come the faults that need no
kill: see faults.py. The seed is printed; the program ends with 1 at the first violation and says in plain words what it was.
SIGKILL ends a process, not the machine: lost power is simulated by the tests of the storage layer.
"""
import argparse, collections, os, random, shutil, sys, tempfile, time

import faults
from driver import Kenning, Violation, require
from program import Program, compare

ROUNDS_OF_A_LIFE = 12
KILLS = {"commit": 10, "checkpoint": 7, "import": 4, "backup": 4, "backup beside a writer": 3}
IMPORTED = 60_000


class Tally:
    """What happened so far."""

    def __init__(self):
        self.kills, self.living = collections.Counter(), collections.Counter()
        self.acknowledged = self.most_beyond = 0
        self.left = collections.Counter()

    def count(self, kind, alive):
        self.kills[kind] += 1
        self.living[kind] += alive

    def print(self):
        print("| killed while | times | process still running |\n|---|---:|---:|")
        for kind in self.kills:
            print(f"| {kind} | {self.kills[kind]:,} | {self.living[kind]:,} |")
        print(f"\n{self.acknowledged:,} transactions acknowledged; at most {self.most_beyond} beyond the last answer found")
        for kind, times in self.left.items():
            print(f"note: {times} times {kind}")


class Life:
    """One database through several kills."""

    def __init__(self, kenning, seed, tally):
        self.kenning, self.tally = kenning, tally
        self.chance, self.program = random.Random(seed), Program(seed)
        self.work = tempfile.mkdtemp(prefix="kenning-kill-")
        self.folder = os.path.join(self.work, "data")
        os.mkdir(self.folder)
        self.file = os.path.join(self.folder, "g.kenning")
        script, self.state = self.program.setup(self.chance.choice([0, 0, 2_000, 40_000]))
        kenning.must(self.file, "-f", "-", script="\n".join(script), what="making the database")
        self.sent = 0
        self.import_ms = None

    def round(self, kind):
        {
            "commit": self.kill_commit,
            "checkpoint": self.kill_checkpoint,
            "import": self.kill_import,
            "backup": self.kill_backup,
            "backup beside a writer": self.kill_writer_beside_backup,
        }[kind]()

    def writer(self, count=3_000, between=lambda number: []):
        """A process that runs the next transactions."""
        self.sent = self.state.number + count
        script = self.program.script(self.state, count, between)
        return self.kenning.start(self.file, "--keep-going", "--format", "csv", "-f", "-", script=script)

    def let_run(self, writer):
        """Waits for a random moment: in the opening of the file, or later among the answers."""
        if self.chance.random() < 0.25:
            time.sleep(self.chance.uniform(0, 0.04))
        else:
            writer.wait_for("ack-")
            time.sleep(self.chance.choice([0.005, 0.05, 0.25]) * self.chance.random())

    def acknowledged(self, writer):
        """The last transaction that the writer acknowledged; its only errors are the ones that were asked for."""
        unexpected = [line for line in writer.errors().splitlines() if line.startswith("error") and "zero" not in line]
        require(not unexpected, f"a statement failed that should not: {unexpected[:3]}")
        lines = [line for line in writer.printed().split("\n")[:-1] if line.startswith("ack-")]
        numbers = [int(line[4:]) for line in lines]
        first = self.state.number + 1
        require(numbers == list(range(first, first + len(numbers))), f"answers are missing or in disorder: {numbers[:9]}…")
        return numbers[-1] if numbers else self.state.number

    def verify(self, writer, kind):
        """Compares the file with the model and goes on from what it holds."""
        least = self.acknowledged(writer)
        what = f"after a kill while {kind}"
        before = self.state
        self.state = compare(self.kenning, self.file, self.program, before, least, self.sent, what)
        self.kenning.must("check", self.file, what=f"{what}: kenning check")
        self.tally.acknowledged += least - before.number
        self.tally.most_beyond = max(self.tally.most_beyond, self.state.number - least)

    def kill_commit(self):
        with self.writer() as writer:
            self.let_run(writer)
            self.tally.count("committing", writer.kill())
            self.verify(writer, "committing")

    def kill_checkpoint(self):
        every = self.chance.randint(1, 12)
        with self.writer(1_000, lambda number: [":checkpoint"] * (number % every == 0)) as writer:
            self.let_run(writer)
            self.tally.count("checkpointing", writer.kill())
            self.verify(writer, "checkpointing")

    def kill_backup(self):
        """Kills the copying process while another one writes."""
        to = os.path.join(self.work, "copy.kenning")
        with self.writer() as writer:
            writer.wait_for("ack-")
            least = self.acknowledged(writer)
            with self.kenning.start("backup", self.file, to) as backup:
                time.sleep(self.chance.random() * self.chance.choice([0.01, 0.1]))
                finished = backup.ended() and backup.process.returncode == 0
                self.tally.count("backing up", backup.kill())
            self.check_copy(to, least, finished)
            writer.kill()
            self.verify(writer, "a backup was killed")

    def kill_writer_beside_backup(self):
        """Kills the writer; the backup must come to a good end."""
        to = os.path.join(self.work, "copy.kenning")
        with self.writer(2_000, lambda number: [":checkpoint"] * (number % 7 == 0)) as writer:
            writer.wait_for("ack-")
            least = self.acknowledged(writer)
            with self.kenning.start("backup", self.file, to) as backup:
                time.sleep(self.chance.random() * 0.02)
                self.tally.count("writing beside a backup", writer.kill())
                status = backup.wait()
                require(status == 0, f"a backup beside a writer that was killed failed: {backup.errors()[:400]}")
            self.check_copy(to, least, True)
            self.verify(writer, "backing up")

    def check_copy(self, to, least, finished):
        """A copy is whole or absent."""
        if not os.path.exists(to):
            require(not finished, "kenning backup ended with 0, but the copy is not there")
            self.note_leftovers(self.work, "data", "import", "rows.csv")
            return
        compare(self.kenning, to, self.program, self.state, least, self.sent, "the backup")
        self.kenning.must("check", to, what="kenning check of the backup")
        os.remove(to)
        self.note_leftovers(self.work, "data", "import", "rows.csv")

    def note_leftovers(self, folder, *known):
        """Counts and removes files that a killed process left beside its target."""
        for name in set(os.listdir(folder)) - set(known):
            self.tally.left["a killed backup or import left a temporary file"] += 1
            os.remove(os.path.join(folder, name))

    def kill_import(self):
        """An import over a database leaves the old or the new one, one into a new file nothing or all."""
        folder = os.path.join(self.work, "import")
        os.makedirs(folder, exist_ok=True)
        data, to = os.path.join(self.work, "rows.csv"), os.path.join(folder, "i.kenning")
        arguments = ["import", to, "--overwrite", f"--nodes=Row={data}"]
        if self.import_ms is None:
            write_rows(data)
            start = time.monotonic()
            self.kenning.must(*arguments)
            self.import_ms = time.monotonic() - start
        over = self.chance.random() < 0.5
        self.prepare_target(to, over)
        with self.kenning.start(*arguments) as importing:
            time.sleep(self.chance.random() * self.import_ms * 1.2)
            finished = importing.ended() and importing.process.returncode == 0
            self.tally.count("importing", importing.kill())
        self.check_import(to, over, finished)
        self.note_leftovers(folder, "i.kenning")

    def prepare_target(self, to, over):
        if os.path.exists(to):
            os.remove(to)
        if over:
            self.kenning.must(to, "-c", "CREATE (:Old {name: 'was here'})")

    def check_import(self, to, over, finished):
        if not os.path.exists(to):
            require(not over, "a killed import removed the old database")
            require(not finished, "kenning import ended with 0, but the database is not there")
            return
        self.kenning.must("check", to, what="after a killed import: kenning check")
        rows = self.kenning.rows(to, "MATCH (n) RETURN labels(n)[0] AS label, count(n) AS n, sum(n.i) AS sum")
        new = [["Row", str(IMPORTED), str(IMPORTED * (IMPORTED - 1) // 2)]]
        old = len(rows) == 1 and rows[0][:2] == ["Old", "1"]
        require(rows == new or (over and old and not finished), f"after a killed import the file holds {rows[:3]}")

    def end(self):
        """A clean close leaves one file that holds everything."""
        self.kenning.must(self.file, "-c", ":checkpoint", what="a last checkpoint")
        compare(self.kenning, self.file, self.program, self.state, self.state.number, self.state.number, "at the end")
        left = set(os.listdir(self.folder)) - {"g.kenning"}
        if left:
            self.tally.left[f"files lay beside a database after a clean close ({', '.join(sorted(left))[:60]})"] += 1
        shutil.rmtree(self.work)


def write_rows(path):
    with open(path, "w") as file:
        file.write("i:int,text\n")
        file.writelines(f"{i},a text of row {i}\n" for i in range(IMPORTED))


def kill_many(kenning, times, seed, kinds):
    """Lives of several kills each, until so many kills are done."""
    tally, life_seed, done = Tally(), seed, 0
    while done < times:
        print(f"life with --seed {life_seed}: {done}/{times} kills", file=sys.stderr, flush=True)
        life = Life(kenning, life_seed, tally)
        try:
            for _ in range(min(ROUNDS_OF_A_LIFE, times - done)):
                kind = life.chance.choices(list(kinds), list(kinds.values()))[0]
                life.round(kind)
                done += 1
            life.end()
        except Violation:
            print(f"violated in the life of --seed {life_seed} --times {ROUNDS_OF_A_LIFE}; its files are in {life.work}")
            raise
        life_seed += 1
    tally.print()


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--kenning", required=True, help="the program, best a release build")
    parser.add_argument("--times", type=int, default=1000, help="how many kills")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--only", help=f"of: kills, {', '.join(KILLS)}; faults, {', '.join(faults.ALL)}")
    arguments = parser.parse_args()
    seed = random.SystemRandom().randrange(1 << 32) if arguments.seed is None else arguments.seed
    only = set(arguments.only.split(",")) if arguments.only else {"kills", "faults"}
    kinds = KILLS if "kills" in only else {kind: KILLS[kind] for kind in KILLS if kind in only}
    chosen = faults.ALL if "faults" in only else {name: faults.ALL[name] for name in faults.ALL if name in only}
    print(f"seed {seed}")
    kenning = Kenning(arguments.kenning)
    try:
        faults.run(kenning, chosen)
        if kinds:
            kill_many(kenning, arguments.times, seed, kinds)
    except Violation as violation:
        sys.exit(f"VIOLATION: {violation}\nseed {seed}")
    print("nothing acknowledged was lost")


if __name__ == "__main__":
    main()
