"""Servers that speak Bolt on a port of 127.0.0.1: kenning, Neo4j, ArcadeDB. Each ends with its `with` block."""
import math, os, shutil, socket, subprocess, time, urllib.request


class Missing(Exception):
    """What a server needs is not on this machine."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A process with a Bolt address. Subclasses start it and set `name`, `port`, `auth` and `database`."""

    auth, database = None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process is None:
            return
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    @property
    def uri(self):
        return f"bolt://127.0.0.1:{self.port}"

    def memory(self, key="VmRSS"):
        """Bytes of memory now (VmRSS) or at most so far (VmHWM)."""
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(f"{key}:")) << 10

    def forget_peak(self):
        """Has VmHWM start again from what is used now."""
        with open(f"/proc/{self.process.pid}/clear_refs", "w") as file:
            file.write("5")

    def cpu(self):
        """Seconds of processor time so far."""
        if self.process is None:
            return math.nan
        with open(f"/proc/{self.process.pid}/stat") as file:
            fields = file.read().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def files(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))


class Kenning(Server):
    """`kenning serve` of a graph, with HTTP, which has its counters."""

    def __init__(self, program, graph, *arguments):
        command = [program, "serve", graph, "--http", "127.0.0.1:0", "--log", "error", "--bolt", "127.0.0.1:0", *arguments]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.port = int(self.process.stdout.readline().rpartition(":")[2])
        self.http = self.process.stdout.readline().strip()
        self.name = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.strip()

    def counter(self, name):
        """The value of a counter of /metrics."""
        with urllib.request.urlopen(f"{self.http}metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
        return float(next(line.split()[1] for line in lines if line.startswith(f"{name} ")))


class Neo4j(Server):
    """Runs `start.sh PORT STORE`, a program that prints `ready` once Neo4j answers without passwords."""

    name = "Neo4j"

    def __init__(self, start, store, port=None):
        """`port` is that of a Neo4j that runs already, and that this process may look at."""
        if port:
            self.port, self.process = port, None
            return
        if not start:
            raise Missing("no program that starts Neo4j was given")
        if not shutil.which("java"):
            raise Missing("java is not here")
        self.port = free_port()
        command = [start, str(self.port), store]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        while (line := self.process.stdout.readline()).strip() != "ready":
            if not line:
                raise Missing(f"{start} does not start Neo4j")


class ArcadeDB(Server):
    """From the wheel `arcadedb-embedded`, which brings its Java."""

    name, database, auth = "ArcadeDB", "bench", ("root", "only-for-tests")

    def __init__(self, folder):
        try:
            import arcadedb_embedded
        except ImportError:
            raise Missing("the package arcadedb-embedded is not installed") from None
        wheel = os.path.dirname(arcadedb_embedded.__file__)
        self.port = free_port()
        settings = {
            "arcadedb.server.rootPath": os.path.join(folder, "arcadedb"),
            "arcadedb.server.rootPassword": self.auth[1],
            "arcadedb.server.defaultDatabases": "bench[root]",
            "arcadedb.server.plugins": "Bolt:com.arcadedb.bolt.BoltProtocolPlugin",
            "arcadedb.server.httpIncomingHost": "127.0.0.1",
            "arcadedb.server.httpIncomingPort": free_port(),
            "arcadedb.bolt.host": "127.0.0.1",
            "arcadedb.bolt.port": self.port,
        }
        os.makedirs(settings["arcadedb.server.rootPath"])
        command = [f"{wheel}/jre/bin/java", "-Xmx3g", *(f"-D{key}={value}" for key, value in settings.items())]
        command += ["-cp", f"{wheel}/jars/*", "com.arcadedb.server.ArcadeDBServer"]
        log = open(os.path.join(folder, "arcadedb.log"), "w")
        self.process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
        until = time.monotonic() + 60
        while self.process.poll() is None and time.monotonic() < until:
            with open(log.name) as written:
                if "ArcadeDB Server started" in written.read():
                    return
            time.sleep(0.1)
        self.process.kill()
        raise Missing(f"ArcadeDB does not start: see {log.name}")
