"""Faults that need no kill: full disk, forbidden folder, vanished path, links, modes, locks, signals, two shells."""
import contextlib, os, re, resource, shutil, signal, stat, subprocess, tempfile, threading, time

from driver import Kenning, Shell, Violation, require, require_plain
from program import Program, compare

NOBODY = 65534
ACK = "RETURN 'ack' + '-{0}' AS ack;"


class Place:
    """A folder with a database of one node `first`, and questions about it."""

    def __init__(self, kenning, folder=None):
        self.kenning = kenning
        self.folder = folder or tempfile.mkdtemp(prefix="kenning-fault-")
        self.file = os.path.join(self.folder, "g.kenning")
        self.add("first")

    def add(self, name, file=None):
        self.kenning.must(file or self.file, "-c", create(name))

    def names(self, file=None):
        return sorted(row[0] for row in self.kenning.rows(file or self.file, "MATCH (n:P) RETURN n.name AS name"))

    def holds(self, names, what, file=None):
        """Requires exactly these names, and a file that passes the check."""
        found = self.names(file)
        require(found == sorted(names), f"{what}: the file holds {found[:20]} instead of {sorted(names)[:20]}")
        self.kenning.must("check", file or self.file, what=f"{what}: kenning check")


def create(name, size=0):
    text = f", text: '{'x' * size}'" if size else ""
    return f"CREATE (n:P {{name: '{name}'{text}}}) RETURN 'ack-' + n.name AS ack"


def put(shell, name):
    """Creates a node in a shell and waits for the answer; the echo does not hold `ack-NAME`."""
    return shell.ask(f"CREATE (n:P {{name: '{name}'}}) RETURN 'ack-' + n.name AS ack;", f"ack-{name}")


@contextlib.contextmanager
def place(kenning, folder=None):
    here = Place(kenning, folder)
    try:
        yield here
    finally:
        os.chmod(here.folder, 0o755)
    # After a violation the folder stays to be looked at.
    if folder is None:
        shutil.rmtree(here.folder, ignore_errors=True)


def first_example(kenning):
    """The statement of the issue: what one command creates, the next one finds."""
    with place(kenning) as here:
        here.add("mail")
        here.holds(["first", "mail"], "after two commands")
        require(os.listdir(here.folder) == ["g.kenning"], f"after a clean close lie here {os.listdir(here.folder)}")
        before = open(here.file, "rb").read()
        kenning.must(here.file, "--read-only", "-c", "MATCH (n) RETURN count(n)")
        kenning.must_fail(here.file, "--read-only", "-c", create("no"), what="writing with --read-only")
        require(open(here.file, "rb").read() == before, "a run with --read-only changed the file")


def scripts_keep_what_was_done(kenning):
    """A script that fails in the middle keeps what was committed; an open transaction at its end is rolled back."""
    with place(kenning) as here:
        script = f"{create('a')};\nBEGIN;\n{create('b')};\nCOMMIT;\n{create('c')};\nRETURN 1 / 0;\n{create('d')};"
        done = kenning.run(here.file, "-f", "-", script=script)
        require(done.returncode == 1, f"a failed script ended with {done.returncode}")
        here.holds(["first", "a", "b", "c"], "after a script that failed")
        done = kenning.run(here.file, "-f", "-", script=f"BEGIN;\n{create('e')};")
        here.holds(["first", "a", "b", "c"], "after a script that ended within a transaction")
        require(re.search("roll|transaction", done.stderr + done.stdout, re.I), "a script that ends with an open transaction says nothing")
        kenning.must(here.file, "-f", "-", script=f"BEGIN;\n{create('f')};\nROLLBACK;\n{create('g')};")
        here.holds(["first", "a", "b", "c", "g"], "after ROLLBACK")


@contextlib.contextmanager
def small_disk(megabytes):
    """A file system of a few megabytes, or None where it cannot be mounted."""
    folder = tempfile.mkdtemp(prefix="kenning-disk-")
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
    mounted = subprocess.run(command, capture_output=True).returncode == 0
    try:
        yield folder if mounted else None
    finally:
        if mounted:
            subprocess.run(["umount", "-l", folder], check=True)
        os.rmdir(folder)


def fill(kenning, here, size=20_000, count=2_000):
    """Writes until an error; the names that were acknowledged and the message."""
    script = "".join(f"{create(f'n{i}', size)};\n" for i in range(count))
    done = kenning.run(here.file, "--format", "csv", "-f", "-", script=script)
    require(done.returncode == 1, f"writing on a full disk ended with {done.returncode}: {done.stderr[:300]}")
    require_plain(done.stderr, "a full disk")
    return re.findall(r"^ack-(.*)$", done.stdout, re.M), done.stderr


def full_disk(kenning):
    """On a full disk a commit fails in words, and everything before it is kept; with space again, work goes on."""
    with small_disk(4) as folder:
        if folder is None:
            return "skipped: no file system can be mounted here"
        with place(kenning, folder) as here:
            acknowledged, message = fill(kenning, here)
            require(re.search("full|space", message, re.I), f"a full disk is not named: {message.strip()[:300]}")
            require(len(acknowledged) > 20, f"only {len(acknowledged)} commits fitted on the disk")
            here.holds(["first", *acknowledged], "after a full disk")
            kenning.run(here.file, "-c", ":checkpoint")
            here.holds(["first", *acknowledged], "after a checkpoint on a full disk")
            subprocess.run(["mount", "-o", "remount,size=32m", folder], check=True)
            here.add("more")
            here.holds(["first", "more", *acknowledged], "with space again")


def use_up(path):
    """Writes zeros until nothing is free."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT)
    with contextlib.suppress(OSError):
        while os.write(file, bytes(4096)):
            pass
    os.close(file)


def full_disk_in_a_shell(kenning):
    """A shell goes on after a full disk: the failed statement left nothing, the next one that fits is kept."""
    with small_disk(4) as folder:
        if folder is None:
            return "skipped: no file system can be mounted here"
        with place(kenning, folder) as here, Shell(kenning, here.file) as shell:
            put(shell, "small")
            ballast = os.path.join(folder, "ballast")
            use_up(ballast)
            shell.send("UNWIND range(1, 20000) AS i CREATE (:P {name: 'lost' + toString(i)});")
            text = shell.expect(r"(?i)error[^\n]*\n[\s\S]{0,400}(full|space)")
            require_plain(text[text.lower().rindex("error") :], "a full disk in the shell")
            os.remove(ballast)
            put(shell, "after")
            shell.send("MATCH (n:P) RETURN 'count-' + toString(count(n)) AS c;")
            shell.expect("count-3")
            shell.send(":quit")
            shell.wait()
            here.holds(["first", "small", "after"], "after a full disk in a shell")


def file_size_limit(kenning):
    """A limit on the file's size is a full disk by another name (EFBIG)."""

    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))

    with place(kenning) as here:
        # Python ignores SIGXFSZ, and so does the child: the write fails instead.
        limited = kenning.as_user(preexec_fn=limit, restore_signals=False)
        acknowledged, message = fill(limited, here)
        require(acknowledged, "no commit fitted below a limit of 300 kB")
        here.holds(["first", *acknowledged], "after the limit of file size")
        here.add("more")
        here.holds(["first", "more", *acknowledged], "without the limit")


def as_nobody(kenning, folder):
    """The program as a user for whom permissions count, who owns the folder."""
    if os.geteuid() != 0:
        return kenning
    for path in [folder, *(os.path.join(folder, name) for name in os.listdir(folder))]:
        os.chown(path, NOBODY, NOBODY)
    return kenning.as_user(user=NOBODY, group=NOBODY)


def read_only_folder(kenning):
    """In a folder that cannot be written to, reading works, and writing fails in words."""
    with place(kenning) as here:
        user = as_nobody(kenning, here.folder)
        os.chmod(here.folder, 0o555)
        before = open(here.file, "rb").read()
        user.rows(here.file, "MATCH (n) RETURN count(n)")
        user.must(here.file, "-c", "MATCH (n) RETURN count(n)", what="reading in a folder that cannot be written to")
        user.must_fail(here.file, "-c", create("no"), what="writing in a read-only folder")
        user.must_fail(os.path.join(here.folder, "new.kenning"), "-c", create("no"), what="a new file in a read-only folder")
        os.chmod(here.folder, 0o755)
        require(open(here.file, "rb").read() == before, "a refused write changed the file")
        here.holds(["first"], "in a read-only folder")


def read_only_file(kenning):
    """A file that may only be read is read, and a write to it is refused in words."""
    with place(kenning) as here:
        os.chmod(here.file, 0o444)
        user = as_nobody(kenning, here.folder)
        user.must(here.file, "-c", "MATCH (n) RETURN count(n)", what="reading a read-only file")
        user.must_fail(here.file, "-c", create("no"), what="writing to a read-only file")
        user.must_fail(here.file, "-c", ":checkpoint", "-c", create("no"), what="a checkpoint of a read-only file")
        require(stat.S_IMODE(os.stat(here.file).st_mode) == 0o444, "a read-only file has another mode now")
        here.holds(["first"], "a read-only file")


def vanished(kenning, vanish, what):
    """A shell whose file vanished fails at the next write, in words, and writes nothing elsewhere."""
    with place(kenning) as here, Shell(kenning, here.file) as shell:
        put(shell, "second")
        moved = os.path.join(here.folder, "elsewhere.kenning")
        vanish(here.file, moved)
        there = open(here.file, "rb").read() if os.path.exists(here.file) else None
        shell.send("CREATE (:P {name: 'third'});")
        text = shell.expect(r"(?i)error[^\n]*(moved|deleted|replaced|no longer|gone|vanish|removed|missing)[^\n]*")
        require_plain(text[text.lower().rindex("error") :], what)
        shell.send(":quit")
        shell.wait()
        if os.path.exists(moved):
            here.holds(["first", "second"], f"{what}: the moved file", moved)
        now = open(here.file, "rb").read() if os.path.exists(here.file) else None
        require(now == there, f"{what}: something was written to the old path")


def vanished_path(kenning):
    """Moved, deleted or replaced while a shell has it open."""
    other = tempfile.mkdtemp(prefix="kenning-other-")
    stranger = Place(kenning, other)

    def replace(file, moved):
        os.rename(file, moved)
        shutil.copy(stranger.file, file)

    vanished(kenning, os.rename, "a file moved away")
    vanished(kenning, lambda file, _: os.remove(file), "a file deleted")
    vanished(kenning, replace, "a file replaced by another database")
    shutil.rmtree(other)


def symbolic_link(kenning):
    """A symbolic link stays one: what is written goes to the file it leads to."""
    with place(kenning) as here:
        real = os.path.join(here.folder, "real.kenning")
        os.rename(here.file, real)
        os.symlink("real.kenning", here.file)
        here.add("second")
        kenning.must(here.file, "-c", ":checkpoint", "-c", create("third"))
        require(os.path.islink(here.file), "a symbolic link was replaced by a file")
        here.holds(["first", "second", "third"], "behind a symbolic link", real)
        with Shell(kenning, real) as shell:
            put(shell, "fourth")
            kenning.must_fail(here.file, "-c", create("no"), what="a second writer by another name", says=str(shell.pid))
            shell.send(":quit")
            shell.wait()
        here.holds(["first", "second", "third", "fourth"], "behind a symbolic link")


def hard_link(kenning):
    """A hard link must not come apart silently: both names hold the same, or the write is refused in words."""
    with place(kenning) as here:
        twin = os.path.join(here.folder, "twin.kenning")
        os.link(here.file, twin)
        done = kenning.run(here.file, "-c", create("second"), "-c", ":checkpoint", "-c", create("third"))
        if done.returncode:
            require_plain(done.stderr, "a checkpoint of a hard-linked file")
        require(here.names() == here.names(twin), f"hard links came apart: {here.names()} and {here.names(twin)}")


def file_mode(kenning):
    """A private file stays private, through commits and checkpoints; so does its owner."""
    with place(kenning) as here:
        os.chmod(here.file, 0o600)
        if os.geteuid() == 0:
            os.chown(here.file, NOBODY, NOBODY)
        before = os.stat(here.file)
        kenning.must(here.file, "-c", create("second"), "-c", ":checkpoint", "-c", create("third"))
        now = os.stat(here.file)
        require(stat.S_IMODE(now.st_mode) == 0o600, f"mode 0600 became {stat.S_IMODE(now.st_mode):o} at a checkpoint")
        require((now.st_uid, now.st_gid) == (before.st_uid, before.st_gid), "a checkpoint changed the owner")
        here.holds(["first", "second", "third"], "a private file")
        copy = os.path.join(here.folder, "copy.kenning")
        kenning.must("backup", here.file, copy)
        mode = stat.S_IMODE(os.stat(copy).st_mode)
        require(mode & 0o077 == 0, f"the backup of a private file has mode {mode:o}")


def locked(kenning):
    """A second writer is told who holds the file, or waits; readers need no lock."""
    with place(kenning) as here, Shell(kenning, here.file) as shell:
        put(shell, "second")
        message = kenning.must_fail(here.file, "-c", create("no"), what="a second writer", says=str(shell.pid))
        start = time.monotonic()
        kenning.must_fail(here.file, "--wait", "1s", "-c", create("no"), what="a second writer that waits", says=str(shell.pid))
        require(0.8 < time.monotonic() - start < 5, f"--wait 1s took {time.monotonic() - start:.1f} s")
        here.holds(["first", "second"], "while a shell holds the file")
        with kenning.start(here.file, "--wait", "20s", "-c", create("waited")) as waiting:
            time.sleep(0.3)
            require(not waiting.ended(), f"--wait 20s did not wait: {waiting.errors()[:300]}")
            put(shell, "third")
            shell.send(":quit")
            shell.wait()
            require(waiting.wait() == 0, f"a waiting writer failed once the file was free: {waiting.errors()[:300]}")
        here.holds(["first", "second", "third", "waited"], "after waiting")
        return message.strip().splitlines()[0]


def lock_of_a_dead_process(kenning):
    """A lock does not outlive a killed process."""
    with place(kenning) as here:
        with Shell(kenning, here.file) as shell:
            put(shell, "second")
            shell.signal(signal.SIGKILL)
        here.add("third")
        here.holds(["first", "second", "third"], "after a writer was killed")
        require(os.listdir(here.folder) == ["g.kenning"], f"after a clean close lie here {os.listdir(here.folder)}")


def two_shells(kenning):
    """Two shells on one file: the second cannot write while the first does, and never over what it wrote."""
    with place(kenning) as here, Shell(kenning, here.file) as one, Shell(kenning, here.file) as two:
        ask = "MATCH (n:P) RETURN 'names-' + toString(count(n)) AS c;"
        two.ask(ask, "names-1")
        put(one, "one")
        two.send("CREATE (:P {name: 'two'});")
        two.expect(rf"(?i)error[^\n]*[\s\S]{{0,600}}{one.pid}")
        put(one, "one more")
        one.send(":quit")
        one.wait()
        put(two, "two")
        two.ask(ask, "names-4")
        two.send(":quit")
        two.wait()
        here.holds(["first", "one", "one more", "two"], "after two shells")


def two_writers_race(kenning):
    """Many processes that write at once: each one succeeds or says why not, and every success is kept."""
    with place(kenning) as here:
        kept = ["first"]

        def write(worker):
            for i in range(15):
                name = f"w{worker}-{i}"
                done = kenning.run(here.file, "--wait", "30s" if worker % 2 else "0s", "-c", create(name))
                if done.returncode == 0:
                    kept.append(name)
                else:
                    require_plain(done.stderr, "a writer that found the file locked")

        workers = [threading.Thread(target=write, args=(worker,)) for worker in range(6)]
        [worker.start() for worker in workers]
        [worker.join() for worker in workers]
        here.holds(kept, "after six processes wrote at once")
        waited = [name for name in kept if name[1:2] in "135" and "-" in name]
        require(len(waited) == 45, f"of 45 writes that could wait 30 s only {len(waited)} succeeded")
        return f"{len(kept) - 1} of 90 writes came through"


def ended_by(kenning, end, what):
    """However a shell ends, what it acknowledged is kept, and an open transaction is rolled back."""
    with place(kenning) as here, Shell(kenning, here.file) as shell:
        put(shell, "second")
        shell.send("BEGIN;")
        put(shell, "in a transaction")
        shell.send("COMMIT;")
        shell.send("BEGIN;")
        put(shell, "open")
        end(shell)
        here.holds(["first", "second", "in a transaction"], what)
        here.add("next")
        left = os.listdir(here.folder)
        require(left == ["g.kenning"], f"{what}: beside the file lie {left}")


def signals(kenning):
    """SIGTERM, SIGHUP, a closed terminal, Ctrl-D, SIGKILL."""
    ended_by(kenning, lambda shell: shell.signal(signal.SIGTERM), "after SIGTERM")
    ended_by(kenning, lambda shell: shell.signal(signal.SIGHUP), "after SIGHUP")
    ended_by(kenning, Shell.hang_up, "after a closed terminal")
    ended_by(kenning, lambda shell: shell.signal(signal.SIGKILL), "after SIGKILL")

    def leave(shell):
        shell.expect(r"> ?\r?$")
        os.write(shell.terminal, b"\x04")
        shell.wait()

    ended_by(kenning, leave, "after Ctrl-D")


def signal_in_a_script(kenning):
    """SIGTERM in the middle of a script keeps what was acknowledged, with every setting of durability."""
    for durability in ["full", "normal", "off"]:
        with place(kenning) as here:
            script = "".join(f"{create(f'n{i}')};\n" for i in range(100_000))
            with kenning.start(here.file, "--durability", durability, "--format", "csv", "-f", "-", script=script) as running:
                require(running.wait_for("ack-n20"), f"a script does not print its answers one by one: {running.errors()[:200]}")
                running.kill(signal.SIGTERM)
                # The last line may be cut.
                kept = re.findall(r"^ack-(n\d+)\n", running.printed(), re.M)
            names = here.names()
            lost = set(kept) - set(names)
            require(not lost, f"SIGTERM with --durability {durability} lost {len(lost)} of {len(kept)} acknowledged commits")
            require(len(names) <= len(kept) + 2, f"SIGTERM: {len(names) - 1} commits, of which only {len(kept)} were acknowledged")


def readers_beside_a_writer(kenning):
    """Readers in other processes see whole transactions, in order, while a writer works and checkpoints."""
    with place(kenning) as here:
        program, file = Program(7), os.path.join(here.folder, "r.kenning")
        setup, state = program.setup(5_000)
        kenning.must(file, "-f", "-", script="\n".join(setup))
        script = program.script(state, 1_500, lambda number: [":checkpoint"] * (number % 20 == 0))
        seen, reads = state, 0
        with kenning.start(file, "--keep-going", "--format", "csv", "-f", "-", script=script) as writer:
            while not writer.ended():
                seen = compare(kenning, file, program, seen, seen.number, 1_500, "a reader beside a writer") or seen
                reads += 1
            require(seen.number > 0 or reads < 2, "readers never saw a commit")
        compare(kenning, file, program, seen, 1_500, 1_500, "after the writer ended")
        return f"{reads} reads"


def synced_before_answered(kenning):
    """strace sees a sync of the file between each commit's write and its answer."""
    if not shutil.which("strace"):
        return "skipped: strace is not here"
    with place(kenning) as here:
        trace = os.path.join(here.folder, "trace")
        script = "".join(f"{create(f'n{i}')};\n" for i in range(50))
        calls = "trace=write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range"
        command = ["strace", "-f", "-o", trace, "-s", "4000", "-e", calls, kenning.program, here.file, "-f", "-"]
        done = subprocess.run(command, input=script, capture_output=True, text=True, env=kenning.environment)
        require(done.returncode == 0, f"under strace: {done.stderr[:300]}")
        synced = answered = 0
        for line in open(trace):
            synced += bool(re.search(r"\b(fsync|fdatasync)\(\d+\)\s+= 0|<\.\.\. f(data)?sync resumed>.*= 0", line))
            answered += len(re.findall(r"ack-n\d+", line)) if re.search(r"\bwritev?\(1,", line) else 0
            require(answered <= synced, f"answer {answered} was printed after only {synced} syncs")
        require(answered == 50, f"strace saw {answered} of 50 answers")
        return f"{synced} syncs for {answered} answers"


def wrong_files(kenning):
    """Files that are not databases are refused in words and stay as they are."""
    with place(kenning) as here:
        for name, content in {"text": b"not a graph\n", "zeros": bytes(5000), "one": b"\0"}.items():
            file = os.path.join(here.folder, f"{name}.kenning")
            with open(file, "wb") as out:
                out.write(content)
            kenning.must_fail(file, "-c", create("no"), what=f"a file of {name}", damaged=True)
            require(open(file, "rb").read() == content, f"a file of {name} was overwritten")
        folder = os.path.join(here.folder, "missing", "g.kenning")
        kenning.must_fail(folder, "-c", create("no"), what="a database in a folder that does not exist")


ALL = {
    "first-example": first_example,
    "scripts": scripts_keep_what_was_done,
    "full-disk": full_disk,
    "full-disk-shell": full_disk_in_a_shell,
    "file-size-limit": file_size_limit,
    "read-only-folder": read_only_folder,
    "read-only-file": read_only_file,
    "vanished-path": vanished_path,
    "symbolic-link": symbolic_link,
    "hard-link": hard_link,
    "file-mode": file_mode,
    "locks": locked,
    "lock-of-the-dead": lock_of_a_dead_process,
    "two-shells": two_shells,
    "many-writers": two_writers_race,
    "signals": signals,
    "signal-in-script": signal_in_a_script,
    "readers": readers_beside_a_writer,
    "synced-before-answered": synced_before_answered,
    "wrong-files": wrong_files,
}


def run(kenning, chosen):
    """Runs the chosen checks; the first violation ends them."""
    for name, check in chosen.items():
        try:
            note = check(kenning)
        except Violation as violation:
            raise Violation(f"{name}: {violation}") from violation
        print(f"{'skipped' if note and note.startswith('skipped') else 'passed'}  {name}  {note or ''}", flush=True)
