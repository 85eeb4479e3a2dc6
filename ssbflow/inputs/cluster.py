"""Cluster files: which jobs a queue is asked for, and where their workers compute."""

import os
import re
import sys
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from ssbflow.errors import InputError
from ssbflow.inputs.base import Input
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import read_mapping

WALLTIME = re.compile(r"(\d+):([0-5]?\d):([0-5]?\d)")
SHORTEST_WALLTIME_S = 60

OneWord = Annotated[str, Field(pattern=r"^[^\s'\"`;&|<>()\\]+$")]
"""A word of the job script, which a shell reads: no spaces, no quotes; ``$NAME``, ``${NAME:-other}`` are filled in."""

Line = Annotated[str, Field(pattern=r"^[^\n\r]+$")]


class JobRange(Input):
    """As many jobs as there is work for, within bounds; a fixed number where the bounds are the same."""

    minimum: int = Field(default=0, ge=0)
    maximum: int = Field(ge=1)

    @model_validator(mode="after")
    def _bounds_in_order(self) -> Self:
        if self.minimum > self.maximum:
            raise ValueError(f"minimum must be at most maximum, {self.maximum}; got {self.minimum}")
        return self

    @property
    def is_fixed(self) -> bool:
        """Whether it is always the same number."""
        return self.minimum == self.maximum


def _without_default(schema: dict[str, Any]) -> None:
    del schema["default"]


class Cluster(Input):
    """What every queue is asked for, job by job; a job is one worker.

    ``cores`` and ``memory_gb`` (GiB) are of one job, ``ranks`` the MPI processes of one case: a worker computes
    ``cores // ranks`` cases side by side. ``walltime`` is HH:MM:SS or seconds. ``interface`` is the network by which
    workers and scheduler talk; ``scheduler_interface`` the scheduler's own where it has another name there. ``scratch``
    is a folder on the node, for what does not fit into memory. ``prologue`` are lines of shell before the worker
    starts, ``directives`` further lines of the job's header. ``lammps`` is the `lmp` to use there, ``python`` the
    interpreter, which must have ssbflow. ``jobs`` is their number, or its bounds. ``worker_timeout_s`` is how long the
    first worker may take to come. ``shared_folder`` is private, and seen by the nodes: keys and job logs lie there.
    """

    cores: int = Field(ge=1)
    memory_gb: float = Field(gt=0)
    walltime: Annotated[int, Field(ge=SHORTEST_WALLTIME_S)]
    interface: OneWord
    scheduler_interface: OneWord | None = None
    account: OneWord | None = None
    ranks: int = Field(default=1, ge=1)
    jobs: JobRange = JobRange(minimum=1, maximum=1)
    scratch: OneWord = "${TMPDIR:-/tmp}"
    prologue: tuple[Line, ...] = ()
    directives: tuple[Line, ...] = ()
    lammps: OneWord | None = None
    # a published schema is not of one machine
    python: OneWord = Field(default=sys.executable, json_schema_extra=_without_default)
    worker_timeout_s: float = Field(default=600, gt=0)
    tls: bool = True
    shared_folder: OneWord = "~/.ssbflow"

    @field_validator("walltime", mode="before", json_schema_input_type=int | str)
    @classmethod
    def _walltime_in_seconds(cls, given: Any) -> Any:
        # YAML reads 24:00:00 as a number of seconds by itself, 01:00:00 and quoted ones as text
        if not isinstance(given, str):
            return given
        parts = WALLTIME.fullmatch(given.strip())
        if parts is None:
            raise ValueError(f"must be HH:MM:SS or seconds; got {given!r}")
        hours, minutes, seconds = (int(part) for part in parts.groups())
        return 3600 * hours + 60 * minutes + seconds

    @field_validator("jobs", mode="before", json_schema_input_type=int | JobRange)
    @classmethod
    def _a_number_of_jobs_is_a_range(cls, given: Any) -> Any:
        return {"minimum": given, "maximum": given} if isinstance(given, int) else given

    @model_validator(mode="after")
    def _a_case_fits(self) -> Self:
        if self.ranks > self.cores:
            raise ValueError(f"ranks must be at most cores, {self.cores}; got {self.ranks}")
        return self

    @property
    def cases_side_by_side(self) -> int:
        """How many cases a job computes at once."""
        return self.cores // self.ranks

    @property
    def walltime_text(self) -> str:
        """The walltime as HH:MM:SS."""
        minutes, seconds = divmod(self.walltime, 60)
        return f"{minutes // 60:02d}:{minutes % 60:02d}:{seconds:02d}"

    @property
    def folder(self) -> Path:
        """The shared folder, home and environment variables filled in."""
        return Path(os.path.expandvars(self.shared_folder)).expanduser().absolute()


class PbsCluster(Cluster):
    """OpenPBS, PBS Pro or Torque: ``queue`` is ``-q``, ``account`` ``-A``, ``project`` ``-P``."""

    kind: Literal["pbs"] = "pbs"
    queue: OneWord | None = None
    project: OneWord | None = None


class SlurmCluster(Cluster):
    """Slurm: ``partition`` is ``-p``, ``account`` ``-A``."""

    kind: Literal["slurm"] = "slurm"
    partition: OneWord | None = None


KINDS: dict[str, type[PbsCluster] | type[SlurmCluster]] = {"pbs": PbsCluster, "slurm": SlurmCluster}


def load_cluster(path: str | Path) -> PbsCluster | SlurmCluster:
    """Read and validate a cluster file.

    Raises
    ------
    InputError
        Naming the file, the field, what was got and what is allowed.
    """
    content = read_mapping(Path(path))
    kind = content.get("kind")
    if kind not in KINDS:
        raise InputError(f"{path}: kind must be one of {', '.join(KINDS)}; got {kind!r}")
    return validated(KINDS[kind], content, path)
