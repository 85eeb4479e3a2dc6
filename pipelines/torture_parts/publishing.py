"""The publisher: it publishes again and again, and asks for more meanwhile."""

import random
import time
from typing import Any

from ssbflow.store import ledger
from ssbflow.store.publish import publish
from ssbflow.store.sweeps import register_sweep, stored_sweeps
from torture_parts.full_disk import patiently
from torture_parts.synthetic import sweep_of
from torture_parts.trial import Trial

SMALL_SEGMENTS = 4  # so that segments are merged every few publishes
CELLS_AHEAD = 80  # not acknowledged yet: with fewer than so many, more is asked for
TAGS = 4
TAGGED = 0.2  # share of publishes


def keep_publishing(trial: Trial, _: int, generator: random.Random) -> None:
    """Publish until the trial ends, now and then under a tag, and let the cube grow as the writers get on."""
    ledger.SMALL_SEGMENTS = SMALL_SEGMENTS
    while not trial.finishing:
        # where one version alone is kept, nothing but a pin shall keep another
        tagged = trial.keep_versions > 1 and generator.random() < TAGGED
        tag = f"tag-{generator.randrange(TAGS)}" if tagged else None
        patiently(trial, "publisher", generator, lambda: _grow(trial))
        patiently(trial, "publisher", generator, lambda tag=tag: publish_once(trial, tag))
        time.sleep(trial.publish_pause_s)


def publish_once(trial: Trial, tag: str | None = None, **options: Any) -> None:
    """Publish everything and note it."""
    started, before = time.monotonic(), set(ledger.segments(trial.store))
    settings = {"compact_from": trial.compact_from, "keep_versions": trial.keep_versions, "keep_s": trial.keep_s}
    (version,) = publish(trial.store, tag=tag, **{**settings, **options}).values()
    after = set(ledger.segments(trial.store))
    trial.note(
        "publisher",
        "published",
        version=version.name,
        tag=tag,
        seconds=round(time.monotonic() - started, 3),
        merged=len(before - after) > 0,
    )


def _grow(trial: Trial) -> None:
    """Ask for more as long as the writers are not far behind."""
    sweeps = stored_sweeps(trial.store)
    asked = sum(len(sweep.compositions) * len(sweep.distributions) * len(sweep.seeds) for sweep in sweeps)
    if asked - len(trial.acknowledged()) < CELLS_AHEAD:
        register_sweep(trial.store, sweep_of(len(sweeps)))
        trial.note("publisher", "grown", step=len(sweeps))
