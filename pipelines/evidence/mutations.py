"""What the short form would notice: the tests of tests/validation against a program that was made wrong on purpose."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from evidence.chapter import Chapter, Check, Work, table

ROOT = Path(__file__).parents[2]
COPIED = ("ssbflow", "pipelines", "tests", "catalogs", "pyproject.toml")
SHORT_FORM = "tests/validation"
REGRESSION = f"{SHORT_FORM}/test_regression.py"
MOST_FAILURES = 3  # then the rest is not run any more
PATIENCE_S = 3600  # with one test: on a busy machine slowness must not look like a failure
SOME_FAILED, ALL_PASSED = 1, 0  # pytest's exit codes; others mean that it did not come to test anything
console = Console()


@dataclass(frozen=True)
class Mutation:
    """One text of one source file, replaced by a wrong one.

    Parameters
    ----------
    name, meaning : str
    file : str
    right, wrong : str
    """

    name: str
    meaning: str
    file: str
    right: str
    wrong: str

    def apply(self, root: Path) -> None:
        """Change the file below a copy of the program."""
        path = root / self.file
        text = path.read_text(encoding="utf-8")
        assert text.count(self.right) == 1, f"{self.file} holds {text.count(self.right)} × {self.right!r}"
        path.write_text(text.replace(self.right, self.wrong), encoding="utf-8")


MUTATIONS = (
    Mutation(
        "moduli mixed twice",
        "LAMMPS is given E* of two equal spheres instead of E, and mixes that again: 1.82 × too soft",
        "ssbflow/press/contact_law.py",
        "modulus = youngs_modulus_kpa(material, press.stiffness_scale)",
        "modulus = youngs_modulus_kpa(material, press.stiffness_scale) / (2 * (1 - material.poisson_ratio**2))",
    ),
    Mutation(
        "walls of the wrong modulus",
        "floor and platen meet every sphere with the first species' modulus",
        "ssbflow/press/wall.py",
        "granular {plan.coefficients[species]}",
        "granular {plan.coefficients[plan.species[0]]}",
    ),
    Mutation(
        "friction off",
        "the tangential model has the coefficient 0",
        "ssbflow/press/contact_law.py",
        "{_tangential_damping(material)!r} {material.friction!r}",
        "{_tangential_damping(material)!r} 0.0",
    ),
    Mutation(
        "seed ignored",
        "every case draws from the same numbers",
        "ssbflow/flow/simulate.py",
        "SeedSequence(case.seed)",
        "SeedSequence(0)",
    ),
    Mutation(
        "periodicity dropped",
        "the contact search looks through no side of the box",
        "ssbflow/structure/contact_search.py",
        "for x, y in product(range(-turns[0], turns[0] + 1), range(-turns[1], turns[1] + 1)):",
        "for x, y in product((0,), (0,)):",
    ),
    Mutation(
        "force shared by mass",
        "species bear the body force by their weights instead of their volumes",
        "ssbflow/press/press.py",
        "fraction = composition.eam_volume_fraction if composition else packing.eam_volume_fraction()",
        "fraction = composition.weight_percent.eam / 100 if composition else packing.eam_volume_fraction()",
    ),
)


def chapter(work: Work) -> Chapter:  # noqa: ARG001  # nothing of it is kept in the store
    """Run the short form against the program as it is, then against each wrong one."""
    checks = [control(failing(None, [SHORT_FORM, f"--ignore={REGRESSION}"]))]
    for mutation in MUTATIONS:
        console.print(mutation.name)
        physical = failing(mutation, [SHORT_FORM, f"--ignore={REGRESSION}"])
        checks.append(noticed(mutation, physical, by_numbers=failing(mutation, [REGRESSION])))
    head = ["mutation", "what it does", "file", "right", "wrong"]
    rows = ([m.name, m.meaning, f"`{m.file}`", f"`{m.right}`", f"`{m.wrong}`"] for m in MUTATIONS)
    text = (
        "A copy of the program is made wrong in one line, and `tests/validation` is run there, up to the first "
        f"{MOST_FAILURES} failures. The regression set would notice any change of any number, so it is left out: what "
        "counts here is that a test fails which says *what* is wrong. Its own answer stands in the notes.\n\n"
    )
    return Chapter("What the short form would notice", checks, text + table(head, rows))


def control(failed: list[str]) -> Check:
    got = ", ".join(failed) or "all pass"
    return Check("passes if nothing is wrong", "no test fails", got, not failed, "internal", "the control")


def noticed(mutation: Mutation, failed: list[str], by_numbers: list[str]) -> Check:
    """Check that a test other than the regression set fails."""
    return Check(
        f"fails if {mutation.meaning} ({mutation.name})", "a test fails", ", ".join(failed) or "all pass",
        bool(failed), "internal", f"the regression set {'notices it too' if by_numbers else 'does not notice it'}",
    )  # fmt: skip


def failing(mutation: Mutation | None, tests: list[str]) -> list[str]:
    """Return the names of the tests that fail in a copy of the program with this mutation."""
    with tempfile.TemporaryDirectory(prefix="ssbflow-mutation-") as name:
        root = Path(name)
        copy_program(root)
        if mutation:
            mutation.apply(root)
        return failed_tests(tested(root, tests))


def tested(root: Path, tests: list[str]) -> str:
    """Run tests of a copy of the program on that copy; return what pytest says."""
    environment = {**os.environ, "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    assert_imported_from(root, environment)
    options = ["-q", "-p", "no:cacheprovider", "-m", "not external"]
    limits = [f"--maxfail={MOST_FAILURES}", f"--timeout={PATIENCE_S}"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *tests, *options, *limits],
        cwd=root, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode not in {SOME_FAILED, ALL_PASSED}:
        raise RuntimeError(f"the tests did not run:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    return done.stdout


def copy_program(root: Path) -> None:
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, root / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, root / name)


def assert_imported_from(root: Path, environment: dict[str, str]) -> None:
    """Make sure that it is the copy which is tested, not the installed program."""
    asked = [sys.executable, "-c", "import ssbflow; print(ssbflow.__file__)"]
    answer = subprocess.run(asked, cwd=root, env=environment, capture_output=True, text=True, check=True)
    assert Path(answer.stdout.strip()).is_relative_to(root), f"imported {answer.stdout.strip()}"


def failed_tests(output: str) -> list[str]:
    """Return the names of failed tests in pytest's summary, each once, without their parameters."""
    found = re.findall(rf"^(?:FAILED|ERROR) {SHORT_FORM}/(\w+)\.py::(\w+)", output, flags=re.MULTILINE)
    return list(dict.fromkeys(f"`{file}::{name}`" for file, name in found))
