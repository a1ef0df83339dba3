"""Drives the program `kenning` from outside: one-shot runs, scripts in the background, a shell on a terminal."""
import csv, io, os, pty, re, select, signal, struct, subprocess, tempfile, termios, time
import fcntl

# What a message for people must not contain.
JARGON = re.compile(r"os error|panicked|RUST_BACKTRACE|Os \{|unwrap|thread '")


# What moves the cursor or sets the terminal.
ESCAPE = re.compile(r"\x1b\[[?0-9;]*[a-zA-Z]")


class Violation(Exception):
    """A promise that was not kept, in plain words."""


def require(condition, message):
    """Raises a violation unless the condition holds."""
    if not condition:
        raise Violation(message)


def require_plain(text, what, damaged=False):
    """An error must say what happened without internals, and call a file damaged only if it is."""
    require(text.strip(), f"{what}: failed without a message")
    require(not JARGON.search(text), f"{what}: the message is not in plain words: {text.strip()[:400]}")
    require(damaged or "CorruptFile" not in text, f"{what}: the file is called damaged: {text.strip()[:400]}")


class Kenning:
    """The program at a path, with environment and user to run it as."""

    def __init__(self, program, **options):
        self.program = os.path.abspath(program)
        self.options = options
        self.environment = dict(os.environ, NO_COLOR="1", TERM="dumb", HOME=tempfile.gettempdir())

    def as_user(self, **options):
        """The same program with other options for its process (user, group, preexec_fn, restore_signals)."""
        return Kenning(self.program, **{**self.options, **options})

    def run(self, *arguments, script=None, timeout=120, **options):
        """Runs to the end; standard input is the script, or empty."""
        return subprocess.run(
            [self.program, *map(str, arguments)],
            input=script or "",
            capture_output=True,
            text=True,
            timeout=timeout,
            env=self.environment,
            **{**self.options, **options},
        )

    def must(self, *arguments, what=None, **options):
        """Runs to the end and requires success; returns standard output."""
        done = self.run(*arguments, **options)
        name = what or " ".join(map(str, arguments))[:200]
        require(done.returncode == 0, f"{name}: exit {done.returncode}: {(done.stderr or done.stdout).strip()[:600]}")
        return done.stdout

    def must_fail(self, *arguments, what=None, says=None, damaged=False, **options):
        """Runs to the end and requires an error in plain words; returns the message."""
        done = self.run(*arguments, **options)
        name = what or " ".join(map(str, arguments))[:200]
        require(done.returncode > 0, f"{name}: should fail, exit was {done.returncode}: {done.stdout[:300]}")
        require_plain(done.stderr, name, damaged)
        require(not says or re.search(says, done.stderr, re.I), f"{name}: should say /{says}/: {done.stderr.strip()[:400]}")
        return done.stderr

    def rows(self, file, statement, what=None):
        """Rows of a statement as lists of strings, read without writing anything."""
        text = self.must(file, "--read-only", "--format", "csv", "-c", statement, what=what or f"reading {file}")
        return list(csv.reader(io.StringIO(text)))[1:]

    def start(self, *arguments, script=None, **options):
        """Starts a process whose answers go to a file, so that nothing it printed is lost with it."""
        return Running(self, arguments, script, {**self.options, **options})


class Running:
    """A process in the background. Everything it printed can be read, before and after its end."""

    def __init__(self, kenning, arguments, script, options):
        self.out, self.err = tempfile.TemporaryFile(), tempfile.TemporaryFile()
        self.input = tempfile.TemporaryFile()
        self.input.write((script or "").encode())
        self.input.seek(0)
        self.process = subprocess.Popen(
            [kenning.program, *map(str, arguments)],
            stdin=self.input,
            stdout=self.out,
            stderr=self.err,
            env=kenning.environment,
            **options,
        )

    @property
    def pid(self):
        return self.process.pid

    def printed(self):
        return os.pread(self.out.fileno(), 1 << 30, 0).decode(errors="replace")

    def errors(self):
        return os.pread(self.err.fileno(), 1 << 30, 0).decode(errors="replace")

    def ended(self):
        return self.process.poll() is not None

    def wait_for(self, text, timeout=60):
        """Waits until a text was printed; False if the process ended or the time was up before."""
        end = time.monotonic() + timeout
        while time.monotonic() < end:
            ended = self.ended()
            if text in self.printed():
                return True
            if ended:
                return False
            time.sleep(0.002)
        return False

    def kill(self, number=signal.SIGKILL):
        """Sends a signal and waits for the end; True if it met a living process."""
        alive = not self.ended()
        if alive:
            self.process.send_signal(number)
        self.process.wait()
        return alive

    def wait(self, timeout=120):
        return self.process.wait(timeout)

    def close(self):
        self.kill()
        for file in (self.out, self.err, self.input):
            file.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


class Shell:
    """The program on a terminal of its own, as a person uses it."""

    def __init__(self, kenning, *arguments):
        self.seen = ""
        self.status = None
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            try:
                environment = dict(kenning.environment, TERM="xterm")
                os.execve(kenning.program, [kenning.program, *map(str, arguments)], environment)
            finally:
                os._exit(127)
        # Wide enough that no answer is broken into lines.
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 240, 0, 0))

    def send(self, text):
        os.write(self.terminal, text.encode() + b"\n")

    def expect(self, pattern, timeout=20):
        """Reads until the pattern was printed, and takes everything up to it; what was printed before it."""
        end = time.monotonic() + timeout
        while not (found := re.search(pattern, self.seen)):
            left = end - time.monotonic()
            if left <= 0 or not self._read(left):
                raise Violation(f"the shell did not print /{pattern}/ but: {self.seen[-600:]!r}")
        text, self.seen = self.seen[: found.end()], self.seen[found.end() :]
        return text

    def _read(self, timeout):
        if not select.select([self.terminal], [], [], timeout)[0]:
            return False
        try:
            data = os.read(self.terminal, 65536)
        except OSError:
            return False
        self.seen = ESCAPE.sub("", self.seen + data.decode(errors="replace"))
        return bool(data)

    def ask(self, statement, mark, timeout=20):
        """Runs a statement whose answer holds the mark (the echo of what was typed must not)."""
        self.send(statement)
        return self.expect(mark, timeout)

    def hang_up(self):
        """Closes the terminal, as a window that is closed."""
        os.close(self.terminal)
        self.terminal = None
        return self.wait()

    def signal(self, number):
        os.kill(self.pid, number)
        return self.wait()

    def wait(self, timeout=20):
        """Waits for the end; the exit status, negative for a signal."""
        end = time.monotonic() + timeout
        while self.status is None:
            if self.terminal is not None:
                self._read(0)
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
            elif time.monotonic() > end:
                raise Violation(f"the shell does not end: {self.seen[-300:]!r}")
            else:
                time.sleep(0.005)
        return self.status

    def close(self):
        if self.status is None:
            os.kill(self.pid, signal.SIGKILL)
            self.wait()
        if self.terminal is not None:
            os.close(self.terminal)
            self.terminal = None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()
