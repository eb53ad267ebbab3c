"""The Dockerfile as its tests read it: stages, and the instructions of each."""

import json
import re
from dataclasses import dataclass, field
from functools import cache

from tests.architecture.sources import PROJECT


@dataclass
class Stage:
    """What stands between one FROM and the next."""

    base: str
    instructions: list[tuple[str, str]] = field(default_factory=list)

    def all(self, name: str) -> list[str]:
        return [words for instruction, words in self.instructions if instruction == name]

    def environment(self) -> dict[str, str]:
        """What ENV sets, for this stage alone."""
        pairs = re.findall(r'(\w+)=(?:"([^"]*)"|(\S*))', " ".join(self.all("ENV")))
        return {name: quoted or bare for name, quoted, bare in pairs}

    def words(self, instruction: str) -> list[str]:
        """A command that is written as a list of words."""
        (written,) = self.all(instruction)
        found: list[str] = json.loads(written[written.index("[") :])
        return found


@cache
def stages() -> dict[str, Stage]:
    """Every stage by its name, in order."""
    text = (PROJECT / "Dockerfile").read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.lstrip().startswith("#")]
    joined = re.sub(r"\\\n\s*", " ", "\n".join(lines))
    found: dict[str, Stage] = {}
    stage = Stage("")
    for line in filter(None, map(str.strip, joined.splitlines())):
        instruction, _, words = line.partition(" ")
        if instruction == "FROM":
            base, _, name = words.partition(" AS ")
            found[name] = stage = Stage(base)
        else:
            stage.instructions.append((instruction, words.strip()))
    return found
