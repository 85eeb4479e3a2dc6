"""Publishing while a sweep runs: now and then, the longer it takes the rarer."""

import logging
import time

from ssbflow.errors import StoreError
from ssbflow.flow.events import Callback
from ssbflow.store.layout import Store
from ssbflow.store.publish import publish

log = logging.getLogger("ssbflow")

PUBLISH_EVERY_S = 10.0
PUBLISH_SHARE = 20  # at least so many times the last publish's duration between two


class Publisher:
    """Publishes some cubes of a store.

    Parameters
    ----------
    store : Store
    cubes : tuple of str
        Their names.
    tell : Callback
    """

    def __init__(self, store: Store, cubes: tuple[str, ...], tell: Callback) -> None:
        self.store, self.cubes, self.tell = store, cubes, tell
        self.next_at = time.monotonic() + PUBLISH_EVERY_S

    def publish(self, *, cases: bool = True) -> None:
        """Publish the cubes, and the table of all cases with them unless there is more to come."""
        started = time.monotonic()
        versions = publish(self.store, self.cubes, cases=cases)
        ended = time.monotonic()
        self.next_at = ended + max(PUBLISH_EVERY_S, PUBLISH_SHARE * (ended - started))
        self.tell.published(versions)

    def publish_if_due(self) -> None:
        """Publish; what goes wrong meanwhile is told and tried again later: the cases go on."""
        if time.monotonic() < self.next_at:
            return
        try:
            self.publish(cases=False)
        except StoreError as error:
            log.warning("not published: %s; tried again in %g s", error, PUBLISH_EVERY_S)
            self.next_at = time.monotonic() + PUBLISH_EVERY_S
