"""What `make` says, and what it leaves behind, on machines that lack something.

A machine is a PATH of its own: a few real tools, and stand-ins for Python and Pipenv that note
in `calls` what they were asked for.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
TOOLS = ("cat", "expand", "grep", "ln", "make", "mkdir", "sed", "sh", "touch")

# The Makefile's own questions are answered by this very Python, after a line that ages or maims
# it; a virtual environment has nothing in it but a Python, which is only asked for packages.
PYTHON = f"""#!/bin/sh
case $1 in
  --version) echo "Python 3.10.12" ;;
  -c) exec "{sys.executable}" -c "import sys; LINE
$2" ;;
  -m) mkdir -p "$3/bin" && ln -sf "$STAND_INS/pip" "$3/bin/python" ;;
esac
"""
PIP = """#!/bin/sh
echo "pip $*" >>calls
ln -s "$STAND_INS/pipenv" .tools/bin/pipenv
"""
PIPENV = """#!/bin/sh
echo "pipenv $*" >>calls
echo "Installing dependencies ..."
mkdir -p .venv/bin
"""
FAILING = "echo 'no route to the index' >&2; exit 1\n"

HEALTHY = "pass"
OLD = "sys.version_info = (3, 10, 12)"
WITHOUT_VENV = "sys.modules['ensurepip'] = None"

pytestmark = pytest.mark.skipif(not shutil.which("make"), reason="`make` is not on this machine")


class Machine:
    """A fresh clone, and what is installed around it."""

    def __init__(self, folder: Path) -> None:
        self.clone, self.path, self.stand_ins = (folder / n for n in ("clone", "bin", "stand-ins"))
        for made in (self.clone, self.path, self.stand_ins):
            made.mkdir()
        for name in ("Makefile", "Pipfile", "Pipfile.lock"):
            shutil.copy(PROJECT / name, self.clone)
        for name in TOOLS:
            (self.path / name).symlink_to(str(shutil.which(name)))
        put(self.stand_ins / "pip", PIP)
        put(self.stand_ins / "pipenv", PIPENV)

    def install_python(self, line: str = HEALTHY, name: str = "python3") -> None:
        put(self.path / name, PYTHON.replace("LINE", line))

    def install_pipenv(self) -> None:
        put(self.path / "pipenv", PIPENV)

    def make(self, *words: str) -> "subprocess.CompletedProcess[str]":
        """Run `make` there, with nothing of this machine's environment."""
        return subprocess.run(
            ["make", *words],
            cwd=self.clone,
            env={"PATH": str(self.path), "STAND_INS": str(self.stand_ins)},
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def calls(self) -> list[str]:
        noted = self.clone / "calls"
        return noted.read_text("utf-8").splitlines() if noted.exists() else []

    def files(self) -> set[str]:
        return {path.name for path in self.clone.iterdir()}


def put(path: Path, script: str) -> None:
    path.write_text(script, "utf-8")
    path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


class TestLacking:
    @pytest.mark.parametrize(
        ("line", "advice"),
        [
            pytest.param(None, "sudo apt-get install python3 python3-venv", id="no-python"),
            pytest.param(OLD, "sudo apt-get install python3.11 python3.11-venv", id="old"),
            pytest.param(WITHOUT_VENV, "sudo apt-get install python3-venv", id="no-venv"),
        ],
    )
    @pytest.mark.parametrize("target", ["setup", "run", "test"])
    def test_it_names_the_package_and_touches_nothing(
        self, machine: Machine, line: str | None, advice: str, target: str
    ) -> None:
        before = machine.files()
        if line:
            machine.install_python(line)
        done = machine.make(target)
        assert done.returncode != 0
        assert advice in done.stdout
        assert "Traceback" not in done.stdout
        assert machine.files() == before

    @pytest.mark.parametrize("line", [None, OLD, WITHOUT_VENV])
    def test_once_it_is_there_the_next_try_succeeds(
        self, machine: Machine, line: str | None
    ) -> None:
        if line:
            machine.install_python(line)
        machine.make("setup")
        machine.install_python()
        done = machine.make("setup")
        assert done.returncode == 0, done.stdout
        assert len(machine.calls()) == 2

    def test_an_old_python_is_named_and_a_newer_one_beside_it_will_do(
        self, machine: Machine
    ) -> None:
        machine.install_python(OLD)
        assert "Python 3.10.12 was found" in machine.make("run").stdout
        machine.install_python(name="python3.11")
        done = machine.make("setup", "PYTHON=python3.11")
        assert done.returncode == 0, done.stdout
        assert machine.calls()[-1].endswith(f"--python {machine.path}/python3.11")

    def test_the_package_is_that_of_the_python_chosen(self, machine: Machine) -> None:
        machine.install_python(WITHOUT_VENV, "python3.12")
        said = machine.make("setup", "PYTHON=python3.12").stdout
        assert "sudo apt-get install python3.12-venv" in said


class TestPipenv:
    def test_one_that_is_there_is_used(self, machine: Machine) -> None:
        machine.install_python()
        machine.install_pipenv()
        assert machine.make("setup").returncode == 0
        assert machine.calls() == [f"pipenv sync --dev --python {machine.path}/python3"]

    def test_where_none_is_there_it_is_fetched_into_a_folder_of_the_clone(
        self, machine: Machine
    ) -> None:
        machine.install_python()
        done = machine.make("setup")
        assert done.returncode == 0, done.stdout
        fetched, synced = machine.calls()
        assert fetched.startswith("pip -m pip install ")
        assert fetched.endswith(" pipenv")
        assert synced == f"pipenv sync --dev --python {machine.path}/python3"

    def test_when_it_cannot_be_fetched_the_reason_is_shown_and_the_next_try_succeeds(
        self, machine: Machine
    ) -> None:
        machine.install_python()
        put(machine.stand_ins / "pip", "#!/bin/sh\n" + FAILING)
        done = machine.make("setup")
        assert done.returncode != 0
        assert "no route to the index" in done.stdout
        put(machine.stand_ins / "pip", PIP)
        assert machine.make("setup").returncode == 0
        assert len(machine.calls()) == 2

    @pytest.mark.parametrize("target", ["run", "test"])
    def test_when_packages_cannot_be_installed_its_log_is_shown_and_the_next_try_succeeds(
        self, machine: Machine, target: str
    ) -> None:
        machine.install_python()
        put(machine.stand_ins / "pipenv", PIPENV + FAILING)
        done = machine.make(target)
        assert done.returncode != 0
        assert "Installing dependencies ..." in done.stdout
        assert "no route to the index" in done.stdout
        put(machine.stand_ins / "pipenv", PIPENV)
        done = machine.make("setup")
        assert done.returncode == 0
        assert "no route to the index" not in done.stdout
        assert len(machine.calls()) == 3

    def test_the_second_time_nothing_is_installed(self, machine: Machine) -> None:
        machine.install_python()
        machine.make("setup")
        noted = machine.calls()
        assert machine.make("setup").returncode == 0
        assert machine.calls() == noted

    def test_a_new_lock_is_installed(self, machine: Machine) -> None:
        machine.install_python()
        machine.make("setup")
        later = (machine.clone / ".venv" / ".synced").stat().st_mtime + 1
        os.utime(machine.clone / "Pipfile.lock", (later, later))
        machine.make("setup")
        assert [call.partition(" ")[0] for call in machine.calls()] == ["pip", "pipenv", "pipenv"]


def test_help_lists_every_target(machine: Machine) -> None:
    targets = {
        line.partition(":")[0]
        for line in (PROJECT / "Makefile").read_text("utf-8").splitlines()
        if " ## " in line and not line.startswith("\t")
    }
    listed = {line.split()[0] for line in machine.make().stdout.splitlines()}
    assert listed == targets
    assert {"run", "test", "setup", "lint"} < listed
