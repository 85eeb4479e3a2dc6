"""Which designs to ask for next: spread evenly at first, then where good ones are to be expected."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import qmc

from ssbflow.errors import InputError
from ssbflow.inputs.knobs import DIGITS, Knob
from ssbflow.inputs.search import Range

Values = dict[Knob, float]
TRIES = 20  # to find a design that was not asked for


@dataclass(frozen=True)
class Told:
    """What came of a design.

    Parameters
    ----------
    values : dict
        Knob → value.
    objectives : tuple of float
        All to be maximized; NaN where the design has none.
    violation : float
        Of the constraints; 0 where it fulfils them.
    """

    values: Values
    objectives: tuple[float, ...]
    violation: float = 0.0


def first_designs(space: Mapping[Knob, Range], generator: np.random.Generator) -> list[Values]:
    """Return designs that fill the space evenly: a scrambled Sobol sequence, two or more for each knob and one more."""
    points = qmc.Sobol(len(space), rng=generator).random_base2(math.ceil(math.log2(2 * len(space) + 2)))
    return [_at(space, point) for point in points]


def next_designs(
    space: Mapping[Knob, Range], told: Sequence[Told], count: int, generator: np.random.Generator
) -> list[Values]:
    """Return so many designs to ask for, none of which was asked for before; fewer where the space is exhausted.

    A tree-structured Parzen estimator (Bergstra et al., NeurIPS 2011) of all knobs together, as Optuna has it: it
    stands noise, several objectives and constraints. Those of one batch keep away from each other.

    Parameters
    ----------
    space : mapping of str to Range
    told : sequence of Told
        At least one.
    count : int
    generator : numpy.random.Generator

    Raises
    ------
    InputError
        Optuna is not installed.
    """
    optuna = _optuna()
    sampler = optuna.samplers.TPESampler(n_startup_trials=1, multivariate=True, seed=int(generator.integers(2**32)))
    study = optuna.create_study(directions=["maximize"] * len(told[0].objectives), sampler=sampler)
    laws = {
        knob: optuna.distributions.FloatDistribution(span.low, span.high, log=span.log) for knob, span in space.items()
    }
    worst = _worst(told)
    study.add_trials([_trial(optuna, one, laws, worst) for one in told])
    known = [one.values for one in told]
    found: list[Values] = []
    for _ in range(TRIES * count):
        if len(found) == count:
            break
        asked = {knob: _rounded(value, space[knob]) for knob, value in study.ask(laws).params.items()}
        if asked not in (*known, *found):
            found.append(asked)
    return found


def _trial(optuna: Any, told: Told, laws: dict[Knob, Any], worst: tuple[float, ...]) -> Any:
    """Return a design as Optuna keeps it; one that failed is the worst of all, and fulfils nothing."""
    failed = any(math.isnan(objective) for objective in told.objectives)
    return optuna.trial.create_trial(
        params=told.values,
        distributions=laws,
        values=worst if failed else told.objectives,
        constraints={"where": math.inf if failed else told.violation},
    )


def _worst(told: Sequence[Told]) -> tuple[float, ...]:
    objectives = np.array([one.objectives for one in told])
    known = objectives[~np.isnan(objectives).any(axis=1)]
    return tuple((known.min(axis=0) if len(known) else np.zeros(objectives.shape[1])).tolist())


def _at(space: Mapping[Knob, Range], point: "np.ndarray[Any, Any]") -> Values:
    """Return the values at a point of the unit cube."""
    return {
        knob: _rounded(
            span.low * (span.high / span.low) ** share if span.log else span.low + share * (span.high - span.low), span
        )
        for (knob, span), share in zip(space.items(), point.tolist(), strict=True)
    }


def _rounded(value: float, span: Range) -> float:
    return min(max(float(f"{value:.{DIGITS}g}"), span.low), span.high)


def _optuna() -> Any:
    try:
        import optuna
    except ImportError as error:
        raise InputError("a search needs Optuna, which is not installed: pip install 'ssbflow[search]'") from error
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    return optuna
