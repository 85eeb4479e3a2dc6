"""One night: work on the sweeps of a night file until its hours or its budget end; publish, tag, and sum up.

python pipelines/nightly.py deploy/nightly.yaml

Exit codes for those who watch: 0 all well, 1 some cases failed or the cluster died, 2 bad input, not the hour, or
another one runs. To be started every evening by deploy/ssbflow-nightly.timer, or by cron:

0 20 * * *  /opt/ssbflow/bin/python /opt/ssbflow/src/pipelines/nightly.py /etc/ssbflow/nightly.yaml
"""

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from rich.console import Console

from ssbflow.errors import SsbflowError
from ssbflow.flow.clients import connected
from ssbflow.flow.events import Callback
from ssbflow.flow.nightly import BUDGET, DONE, HOURS, local_now, one_night_at_a_time, run_night
from ssbflow.inputs.night import load_night
from ssbflow.inputs.reading import load_sweep
from ssbflow.store.durable import check_writable
from ssbflow.store.layout import Store
from ssbflow.views.night_report import write_night_report

AS_PLANNED = (DONE, HOURS, BUDGET)


class Plainly(Callback):
    """Prints what a person should know, for the journal of the system."""

    def said(self, message: str) -> None:
        print(message, flush=True)


def main(file: Path, now: Callable[[], datetime] = local_now) -> int:
    """Run one night and return the exit code; `now` is the clock."""
    try:
        night = load_night(file)
        night.hours.night(now())  # before anything is asked of a queue
        sweeps = [load_sweep(sweep.file) for sweep in night.sweeps]
        store = Store(night.store.resolve())
        check_writable(store.root)
        with one_night_at_a_time(store):
            with connected(night.cluster, night.workers, sweeps=sweeps, store=store.root) as client:
                run = run_night(night, client, [Plainly()], now)
            page = write_night_report(store, run, night.best)
    except SsbflowError as error:
        Console(stderr=True).print(f"error: {error}", soft_wrap=True, highlight=False, markup=False)
        return 2
    print(page.read_text(encoding="utf-8"))
    return 1 if run.failed or run.stopped not in AS_PLANNED else 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(Path(sys.argv[1])))
