"""A Spark that a command starts and ends: no interface, no network, nothing left behind.

On this machine everything listens on the loopback address alone, connections are authenticated,
and the executors see the modules that this process sees. A cluster's own settings decide on
addresses, memory and its Python; it is sent this package's code.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

OLDEST_JAVA = 17
LOOPBACK = "127.0.0.1"

_LOG = """\
rootLogger.level = warn
rootLogger.appenderRef.out.ref = out
appender.out.type = Console
appender.out.name = out
appender.out.target = SYSTEM_ERR
appender.out.layout.type = PatternLayout
appender.out.layout.pattern = %p %c{1}: %m%n%ex
"""


class MissingJava(Exception):
    """Spark needs a Java that is not there, or that is too old: ``found`` is its version."""

    def __init__(self, found: int | None = None) -> None:
        super().__init__(str(found or ""))
        self.found = found


class SparkFault(Exception):
    """Spark could not start, or its work failed; the message is Spark's own reason, one line."""


def is_here(master: str) -> bool:
    """Whether all of that master's executors run on this machine."""
    kind, _, rest = master.partition("://")
    if kind == "spark":
        return all(host.rsplit(":", 1)[0] in (LOOPBACK, "localhost") for host in rest.split(","))
    return re.match(r"local(-cluster)?(\[|$)", master) is not None


def java_version() -> int:
    """The version of the Java that Spark would start: JAVA_HOME's, else the one on the path.

    Raises MissingJava where there is none, or it is too old.
    """
    home = os.environ.get("JAVA_HOME")
    java = shutil.which(str(Path(home) / "bin" / "java") if home else "java")
    if java is None:
        raise MissingJava
    try:
        said = subprocess.run([java, "-version"], capture_output=True, text=True, check=False)
    except OSError:
        raise MissingJava from None
    found = re.search(r'version "(?:1\.)?(\d+)', said.stderr + said.stdout)
    if found is None:
        raise MissingJava
    if int(found[1]) < OLDEST_JAVA:
        raise MissingJava(int(found[1]))
    return int(found[1])


def settings(master: str, room: Path) -> dict[str, str]:
    """What Spark is told, with everything that it writes inside ``room``."""
    told = {
        "spark.master": master,
        "spark.app.name": "chainmap screen",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.jars.ivy": str(room / "ivy"),
        "spark.sql.catalogImplementation": "in-memory",
        "spark.sql.warehouse.dir": str(room / "warehouse"),
        # The number of tasks is the plan's own, and cells are large: few to a batch.
        "spark.sql.adaptive.enabled": "false",
        "spark.sql.execution.arrow.maxRecordsPerBatch": "8",
        "spark.driver.extraJavaOptions": " ".join(
            (
                f"-Djava.io.tmpdir={room}",
                f"-Dlog4j2.configurationFile={(room / 'log4j2.properties').as_uri()}",
                "-XX:-UsePerfData",
                # Here Java only hands tasks to Python: a start in half the time counts for more.
                *(("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC") if is_here(master) else ()),
            )
        ),
    }
    if is_here(master):
        seen = [str(Path(entry).resolve()) for entry in (str(_package().parent), *sys.path)]
        told |= {
            "spark.driver.host": LOOPBACK,
            "spark.driver.bindAddress": LOOPBACK,
            "spark.local.dir": str(room),
            "spark.executorEnv.PYTHONPATH": os.pathsep.join(dict.fromkeys(seen)),
        }
        if not master.startswith("spark:"):  # a secret that both ends know: made at the start
            told["spark.authenticate"] = "true"
    return told


@contextmanager
def session(master: str) -> Iterator[Any]:
    """A SparkSession on that master: the one that runs already, or one for this block alone.

    Raises MissingJava; SparkFault where it does not start.
    """
    from pyspark import SparkContext

    if SparkContext._active_spark_context is not None:
        yield _session_of(SparkContext._active_spark_context)
        return
    java_version()
    room = Path(tempfile.mkdtemp(prefix="chainmap-spark-"))
    try:
        context = _started(master, room)
        try:
            yield _session_of(context)
        finally:
            _ended(context)
    finally:
        shutil.rmtree(room, ignore_errors=True)


def _session_of(context: Any) -> Any:
    from pyspark.sql import SparkSession

    return SparkSession(context)


def _started(master: str, room: Path) -> Any:
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway

    (room / "log4j2.properties").write_text(_LOG, encoding="utf-8")
    conf = SparkConf(loadDefaults=False)
    for key, value in settings(master, room).items():
        conf.set(key, value)
    log = room / "spark.log"
    told = {"SPARK_LOCAL_IP": LOOPBACK, "PYSPARK_PYTHON": sys.executable}
    before = {name: os.environ.get(name) for name in told}
    if is_here(master):
        os.environ.update(told)
    try:
        # Java writes to its own log: stdout is for the rows, stderr for what is told.
        with log.open("wb") as written:
            start: Any = launch_gateway
            gateway = start(conf, {"stdout": written, "stderr": written})
        try:
            context = SparkContext(conf=conf, gateway=gateway)
        except BaseException:
            _closed(gateway)
            raise
    except Exception as error:
        raise SparkFault(_why(error, log)) from error
    finally:
        for name, was in before.items():
            if was is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = was
    if not is_here(master):
        context.addPyFile(str(packed(room / "chainmap.zip")))
    return context


def _ended(context: Any) -> None:
    gateway = context._gateway
    try:
        context.stop()
    finally:
        _closed(gateway)


def _closed(gateway: Any) -> None:
    """Ends the Java process, which ends by itself once nothing is at its other end."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    held: tuple[tuple[Any, str], ...] = (
        (SparkContext, "_gateway"), (SparkContext, "_jvm"), (SparkSession, "_instantiatedSession"),
    )  # fmt: skip
    for owner, name in held:
        setattr(owner, name, None)
    gateway.shutdown()
    gateway.proc.stdin.close()
    try:
        gateway.proc.wait(timeout=20)
    except subprocess.TimeoutExpired:
        gateway.proc.kill()
        gateway.proc.wait()


def _why(error: Exception, log: Path) -> str:
    """The last thing that Spark said of itself, else what Python heard."""
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.is_file() else []
    told = [line for line in lines if re.match(r"(ERROR|Exception|Error|Caused by)", line)]
    return (told[-1] if told else str(error).strip().splitlines()[0])[:300]


def packed(file: Path) -> Path:
    """The code of this package as a zip that executors can import from."""
    home = _package()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as bundle:
        for path in sorted(home.rglob("*.py")):
            bundle.write(path, path.relative_to(home.parent))
    return file


def _package() -> Path:
    return Path(__file__).resolve().parents[1]


@contextmanager
def quiet() -> Iterator[None]:
    """Without the warning that PySpark gives at each step for a pandas of its future."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", category=FutureWarning, module="pyspark")
        warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
        yield
