"""Names of the files in a press's folder, and the words and exit codes by which the script says how it ended."""

DATA = "particles.data"
SCRIPT = "press.in"
LOG = "log.lammps"
PROGRESS = "progress.txt"
FINAL = "final.dump"
CONTACTS = "contacts.dump"
RESULT = "result.txt"
RELEASED = "released.dump"
RELEASED_RESULT = "released.txt"

NOT_SETTLED = "not in equilibrium"
TIME_LIMIT = "stopped by the time limit"
LOST_ATOMS = "lost atoms"
EXIT_NOT_SETTLED = 3
EXIT_TIME_LIMIT = 4
EXIT_LOST_ATOMS = 5


def frame(step: int | str) -> str:
    """Return the name of the frame of a step; `*` stands for it in LAMMPS."""
    return f"frame.{step}.dump"


def checkpoint(stage: str, number: int) -> str:
    """Return the name of one of the two alternating checkpoints of a stage, ``"press"`` or ``"release"``."""
    return f"{stage}.{number}.checkpoint"
