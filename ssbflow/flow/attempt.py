"""One attempt at a case: on which host and worker, and for how long."""

import platform
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import ParamSpec, TypeVar

from distributed import get_worker

from ssbflow.errors import DiskError


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Where something was computed, and how long that took (s); what came out is compared, not these."""

    host: str = field(default="", compare=False)
    worker: str = field(default="", compare=False)
    seconds: float = field(default=0.0, compare=False)


Given = ParamSpec("Given")
Ended = TypeVar("Ended", bound=Attempt)


def placed(work: Callable[Given, Ended]) -> Callable[Given, Ended]:
    """Note in what a function returns where and how long it ran; in the error of a full disk, on which worker."""

    @wraps(work)
    def noted(*args: Given.args, **options: Given.kwargs) -> Ended:
        started = time.perf_counter()
        try:
            ended = work(*args, **options)
        except DiskError as error:
            error.worker = _worker()
            raise
        return replace(ended, host=platform.node(), worker=_worker(), seconds=time.perf_counter() - started)

    return noted


def _worker() -> str:
    """Return the address of the Dask worker that this runs on; empty outside of one."""
    try:
        return str(get_worker().address)
    except ValueError:
        return ""
