"""Night files: which sweeps are worked on at night, where, when, and for how much."""

import re
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, Self

from pydantic import Field, field_validator, model_validator

from ssbflow.errors import InputError
from ssbflow.inputs.base import Input
from ssbflow.inputs.validation import validated
from ssbflow.inputs.yaml_file import read_mapping

CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
FILES = (".yaml", ".yml", ".json")


class Hours(Input):
    """From when to when cases may run, by this machine's clock; over midnight where ``end`` is not after ``start``."""

    start: time
    end: time

    @field_validator("start", "end", mode="before", json_schema_input_type=int | str)
    @classmethod
    def _minutes_are_a_time(cls, given: Any) -> Any:
        # YAML reads 20:00 as 20 × 60 by itself, 06:00 and quoted ones as text
        text = f"{given // 60:02d}:{given % 60:02d}" if isinstance(given, int) else given
        if isinstance(text, str) and not CLOCK.fullmatch(text):
            raise ValueError(f"must be HH:MM, 00:00 to 23:59; got {text!r}")
        return text

    def night(self, now: datetime) -> tuple[datetime, datetime]:
        """Return when the night began that it is, and when it ends.

        Parameters
        ----------
        now : datetime
            With its time zone.

        Raises
        ------
        InputError
            It is not night.
        """
        for day in (now.date(), now.date() - timedelta(days=1)):
            begins = datetime.combine(day, self.start, now.tzinfo)
            ends = datetime.combine(self._last_day(day), self.end, now.tzinfo)
            if begins <= now < ends:
                return begins, ends
        raise InputError(
            f"hours are {self.start:%H:%M} to {self.end:%H:%M}, and it is {now:%H:%M}: nothing is begun; start it in "
            "that time, or change hours"
        )

    def _last_day(self, first: date) -> date:
        return first if self.end > self.start else first + timedelta(days=1)


class NightSweep(Input):
    """A sweep to be worked on; one of higher priority comes first."""

    file: Path
    priority: int = 0


class Objective(Input):
    """What the best designs are the best in; as ``ssbflow best``."""

    maximize: str | None = None
    minimize: str | None = None
    where: str | None = None

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if (self.maximize is None) == (self.minimize is None):
            raise ValueError("give exactly one of maximize and minimize, a variable of the cube")
        return self

    def __str__(self) -> str:
        """Say it in words."""
        what = f"largest {self.maximize}" if self.maximize else f"smallest {self.minimize}"
        return f"{what} where {self.where}" if self.where else what


class Night(Input):
    """What a night file says; its paths are relative to the file's folder.

    ``cluster`` and ``workers`` are those of ``ssbflow run``.
    """

    store: Path
    cluster: str = "local"
    workers: int | None = Field(default=None, ge=1)
    sweeps: tuple[NightSweep, ...] = Field(min_length=1)
    hours: Hours
    budget_core_hours: float = Field(gt=0)
    best: Objective | None = None

    def beside(self, folder: Path) -> Self:
        """Return the same with paths that are relative to a folder."""
        sweeps = tuple(sweep.replace(file=folder / sweep.file.expanduser()) for sweep in self.sweeps)
        cluster = str(folder / self.cluster) if self.cluster.endswith(FILES) else self.cluster
        return self.replace(store=folder / self.store.expanduser(), sweeps=sweeps, cluster=cluster)


def load_night(path: str | Path) -> Night:
    """Read and validate a night file.

    Raises
    ------
    InputError
        Naming the file, the field, what was got and what is allowed.
    """
    return validated(Night, read_mapping(Path(path)), path).beside(Path(path).absolute().parent)
