#!/usr/bin/env python3
"""Interrupts kenning while it works, from outside, and measures how long it takes to stop.

    python3 tests/verify/interrupts.py --kenning BIN [--only WORD] [--few] [--rows N] [--slack FACTOR]

Makes a graph of N nodes, then does each thing of the list once to its end, and several times with one Ctrl-C in between:
early, in the middle, late. The same with two, and in the shell, where the prompt must come back. --few leaves out all but
FEW. Prints a table in
Markdown: how long it takes when nobody interrupts it, and the longest time from Ctrl-C to the end. Ends with 1 if that is
more than 100 ms for one Ctrl-C or 200 ms for two, if a file was left damaged, or if a temporary file was left behind;
--slack 10 lets the times be ten times as much, for machines that have other work and for builds without optimisation.
"""
import argparse, os, pty, random, select, shutil, signal, subprocess, sys, tempfile, time

ONCE, TWICE = 0.1, 0.2
LONGEST = 20
MOMENTS = (0.15, 0.4, 0.65, 0.9)
PROMPT = b"> "


def make(folder, rows):
    draw = random.Random(1)
    with open(f"{folder}/n.csv", "w") as file:
        file.write("id:ID,name,text,i:int\n")
        file.writelines(f"{i},node {i},some text that says {i * 7919 % rows},{i % 1000}\n" for i in range(rows))
    with open(f"{folder}/r.csv", "w") as file:
        file.write(":START_ID,:END_ID,w:int\n")
        file.writelines(f"{draw.randrange(rows)},{draw.randrange(rows)},{i % 100}\n" for i in range(rows * 3 // 2))
    with open(f"{folder}/r.edges", "w") as file:
        file.writelines(f"node{draw.randrange(rows)} node{draw.randrange(rows)}\n" for _ in range(rows))
    with open(f"{folder}/terms.txt", "w") as file:
        file.writelines(f"term {i}: A service that uses term {i * 7 % rows}.\n\n" for i in range(rows // 10))
    with open(f"{folder}/list.cypher", "w") as file:
        file.write("RETURN size([" + ", ".join(f"{{a: {i}}}" for i in range(rows * 2)) + "])")
    with open(f"{folder}/clauses.cypher", "w") as file:
        file.writelines(f"CREATE (n{i}:L{i} {{p{i}: {i}}})\n" for i in range(rows // 25))
    with open(f"{folder}/columns.cypher", "w") as file:
        file.write("MATCH (n) WITH n LIMIT 1 RETURN " + ", ".join(f"n.i + {i} AS c{i}" for i in range(rows // 25)))


# Name, and arguments. `@` is the folder, where what is written goes to out.*; `#` is five times the number of nodes.
TASKS = [
    ("open", ["@/g.kenning", "-c", "RETURN 1"]),
    ("import", ["import", "@/out.kenning", "--nodes=N=@/n.csv", "--relationships=R=@/r.csv"]),
    ("ingest relations", ["ingest", "@/r.edges", "-o", "@/out.kenning"]),
    ("ingest a glossary", ["ingest", "@/terms.txt", "-o", "@/out.kenning"]),
    ("check", ["check", "@/g.kenning"]),
    ("backup", ["backup", "@/g.kenning", "@/out.kenning"]),
    ("open relations", ["@/r.edges", "-c", "RETURN 1"]),
    ("export database", ["export", "@/g.kenning", "@/out.kenning"]),
    *((f"export {ending}", ["export", "@/g.kenning", f"@/out.{ending}"])
      for ending in ["graphml", "cypher", "csv", "json", "dot", "mmd", "ttl", "jsonld", "svg", "html"]),
]

STATEMENTS = [
    ("save", ":save @/out.kenning"),
    ("save graphml", ":save @/out.graphml"),
    ("save cypher", ":save @/out.cypher"),
    ("open again", ":open @/g.kenning"),
    ("names", "SHOW nowhere"),
    ("find", "FIND 'says 1'"),
    ("rows as a table", "MATCH (n) RETURN n"),
    ("draw svg", ":draw @/out.svg MATCH (n)-[r]->(m) RETURN n, r, m LIMIT 20000"),
    ("draw html", ":draw @/out.html MATCH (n)-[r]->(m) RETURN n, r, m LIMIT 20000"),
    ("draw dot", ":draw @/out.dot MATCH (n)-[r]->(m) RETURN n, r, m"),
    ("index", "CREATE INDEX FOR (n:N) ON (n.text)"),
    ("unique", "CREATE CONSTRAINT FOR (n:N) REQUIRE n.name IS UNIQUE"),
    ("detach delete", "MATCH (n) DETACH DELETE n"),
    ("set", "MATCH (n) SET n.x = n.i + 1"),
    ("create", "UNWIND range(1, #) AS i CREATE (:M {i: i})"),
    ("sort", "MATCH (n) RETURN n.text ORDER BY n.text DESC LIMIT 1000"),
    ("collect", "MATCH (n)-[r]->(m) RETURN size(collect([n.text, m.text]))"),
    ("pagerank", "CALL algo.pagerank() YIELD node, score RETURN max(score)"),
    ("schema", ":schema"),
]

TEXTS = ["list", "clauses", "columns"]

FEW = {"open", "import", "ingest relations", "check", "export graphml", "save", "open again", "names", "detach delete",
       "create", "text: list"}


class Run:
    """A process, on a pseudo terminal if it is the shell."""

    def __init__(self, kenning, arguments, folder):
        self.process = subprocess.Popen([kenning, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                        stderr=subprocess.PIPE, cwd=folder)
        os.set_blocking(self.process.stderr.fileno(), False)

    def wait(self, seconds):
        """Whether it ended in time."""
        try:
            self.process.wait(seconds)
            return True
        except subprocess.TimeoutExpired:
            return False

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self):
        self.process.kill()
        self.process.wait()
        self.process.stderr.close()


class Shell:
    """The shell, which is done when its prompt is back."""

    def __init__(self, kenning, arguments, folder, line):
        self.terminal, inner = pty.openpty()
        environment = dict(os.environ, TERM="xterm", HOME=f"{folder}/home")
        self.process = subprocess.Popen([kenning, *arguments], stdin=inner, stdout=inner, stderr=inner, cwd=folder,
                                        env=environment, start_new_session=True)
        os.close(inner)
        if not self.wait(60):
            sys.exit("the shell does not start")
        os.write(self.terminal, line.encode() + b"\r")
        # What is typed is echoed, prompt and all.
        self.until(lambda said: b"\n" in said, 10)

    def until(self, done, seconds):
        said, end = b"", time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([self.terminal], [], [], left)[0]:
                try:
                    said += os.read(self.terminal, 65536)
                except OSError:
                    return True
                if done(said):
                    return True
                said = said[-4096:]
        return False

    def wait(self, seconds):
        return self.until(lambda said: b"kenning" in said[-200:] and PROMPT in said[-80:], seconds)

    def interrupt(self):
        self.process.send_signal(signal.SIGINT)

    def end(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)


def clean(folder):
    for name in os.listdir(folder):
        if name.startswith("out."):
            os.remove(f"{folder}/{name}")


def measure(start, folder, before, times):
    """Seconds without an interrupt, and the longest from the first one to the end; `None`: it was over before."""
    clean(folder)
    before()
    run, begin = start(), time.monotonic()
    run.wait(LONGEST)
    whole = time.monotonic() - begin
    run.end()
    longest = None
    for share in MOMENTS:
        clean(folder)
        before()
        run = start()
        if not run.wait(share * whole):
            begin = time.monotonic()
            run.interrupt()
            for _ in range(times - 1):
                run.wait(0.05)
                run.interrupt()
            run.wait(LONGEST)
            longest = max(longest or 0, time.monotonic() - begin)
        run.end()
    return whole, longest


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--kenning", required=True)
    parser.add_argument("--only", default="")
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--few", action="store_true")
    parser.add_argument("--slack", type=float, default=1.0)
    options = parser.parse_args()
    kenning = os.path.abspath(options.kenning)
    folder = tempfile.mkdtemp(prefix="kenning-interrupts-")
    wrong = []
    try:
        os.mkdir(f"{folder}/home")
        make(folder, options.rows)
        made = [kenning, "import", f"{folder}/whole.kenning", f"--nodes=N={folder}/n.csv", f"--relationships=R={folder}/r.csv"]
        subprocess.run(made, check=True, stdout=subprocess.DEVNULL)
        fresh = lambda: shutil.copy(f"{folder}/whole.kenning", f"{folder}/g.kenning")
        fresh()
        known = set(os.listdir(folder))
        cases = [(name, [word.replace("@", folder) for word in words], None, times)
                 for times in (1, 2) for name, words in TASKS]
        graph = [f"{folder}/g.kenning", "--overwrite", "--memory=8GB"]
        for name, statement in STATEMENTS:
            statement = statement.replace("@", folder).replace("#", str(options.rows * 5))
            cases += [(name, [*graph, "-c", statement], None, times) for times in (1, 2)]
            cases.append((name, graph, statement, 1))
        cases += [(f"text: {name}", [":memory:", "-f", f"{folder}/{name}.cypher"], None, 1) for name in TEXTS]
        print("| what | by | takes s | stops after ms |\n|---|---|---:|---:|")
        for name, arguments, line, times in cases:
            by = "shell" if line else ["Ctrl-C", "Ctrl-C twice"][times - 1]
            if options.only not in f"{name}, {by}" or options.few and name not in FEW:
                continue
            start = lambda: Shell(kenning, arguments, folder, line) if line else Run(kenning, arguments, folder)
            whole, longest = measure(start, folder, fresh, times)
            shown = "done before" if longest is None else f"{longest * 1000:.0f}"
            print(f"| {name} | {by} | {whole:.2f} | {shown} |", flush=True)
            if (longest or 0) > options.slack * (ONCE if times == 1 else TWICE):
                wrong.append(f"{name}, {by}: {longest * 1000:.0f} ms")
            left = {file for file in os.listdir(folder) if file not in known and not file.startswith("out.")}
            left = {file for file in left if not file.startswith(".kenning") and not file.endswith((".lock", "-lock"))}
            if left:
                wrong.append(f"{name}, {by}: left {', '.join(sorted(left))}")
                for file in left:
                    os.remove(f"{folder}/{file}")
            checked = subprocess.run([kenning, "check", f"{folder}/g.kenning"], capture_output=True, text=True)
            if checked.returncode:
                wrong.append(f"{name}, {by}: {checked.stderr.strip()}")
                fresh()
    finally:
        shutil.rmtree(folder)
    for what in wrong:
        print(f"wrong: {what}", file=sys.stderr)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
