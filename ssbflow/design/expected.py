"""What the simulations let one expect of a design: means over seeds, and how well they are known."""

import math
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict

Known = Annotated[float | None, BeforeValidator(lambda value: None if value is None or math.isnan(value) else value)]
"""A number, or None for one that nobody knows (NaN, which JSON does not have)."""


class Told(BaseModel):
    """A frozen part of a recipe that survives JSON."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Expected(Told):
    """A mean over seeds.

    Parameters
    ----------
    mean, std : float or None
        Over the seeds for which the quantity exists; the deviation is unknown for one seed.
    low, high : float or None
        Ends of Student's 95 % confidence interval of the mean.
    seeds : int or None
        For which the quantity exists.
    """

    mean: Known
    std: Known = None
    low: Known = None
    high: Known = None
    seeds: int | None = None

    @classmethod
    def of(cls, row: "dict[str, Any]", name: str) -> "Expected":
        """Take a quantity from a row of `design_table` that had it as an objective."""
        return cls(
            mean=row[name],
            std=row[f"{name}_std"],
            low=row[f"{name}_low"],
            high=row[f"{name}_high"],
            seeds=int(row[f"{name}_seeds"]),
        )

    def times(self, factor: float) -> "Expected":
        """Return the same of a quantity that is so many times as large."""
        values = (self.mean, self.std, self.low, self.high)
        mean, std, low, high = (None if value is None else factor * value for value in values)
        return Expected(mean=mean, std=std, low=low, high=high, seeds=self.seeds)

    def within(self, least: float, most: float = math.inf) -> "Expected":
        """Return the same of a quantity that cannot be less or more: the interval ends there."""
        low, high = (None if end is None else min(max(end, least), most) for end in (self.low, self.high))
        return self.model_copy(update={"low": low, "high": high})

    def __str__(self) -> str:
        if self.mean is None:
            return "unknown"
        return three_digits(self.mean) if self.std is None else f"{three_digits(self.mean)} ± {self.std:.2g}"

    def interval(self) -> str:
        """Write the mean with its confidence interval."""
        if self.mean is None:
            return "unknown"
        if self.low is None or self.high is None:
            return f"{three_digits(self.mean)} (one seed)"
        return f"{three_digits(self.mean)} ({three_digits(self.low)} to {three_digits(self.high)})"


def three_digits(value: float) -> str:
    """Write a number with three digits or more, and without an exponent where it is large."""
    return f"{value:.0f}" if abs(value) >= 1000 else f"{value:.3g}"
