"""Where cases run: one factory of Dask clients."""

from collections.abc import Iterator
from contextlib import contextmanager

from distributed import Client, LocalCluster

from ssbflow.errors import InputError

CONNECT_TIMEOUT_S = 30
SCHEMES = ("tcp://", "tls://", "ws://", "wss://", "ucx://")


@contextmanager
def connected(cluster: str, workers: int | None = None) -> Iterator[Client | None]:
    """Give a client, and close what was opened for it.

    Parameters
    ----------
    cluster : str
        ``serial`` (no scheduler: None is given), ``local`` (processes on this machine) or a scheduler's address.
    workers : int, optional
        For ``local``: how many; one for each core if left out.

    Raises
    ------
    InputError
        No such cluster, or nobody answers at the address.
    """
    if workers is not None and cluster != "local":
        raise InputError(f"--workers goes with --cluster local; got {cluster}")
    if cluster == "serial":
        yield None
    elif cluster == "local":
        if workers is not None and workers < 1:
            raise InputError(f"workers must be 1 or more; got {workers}")
        # one process for each worker: a case computes in Python too, and LAMMPS is a child process anyway
        with (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=":0") as local,
            Client(local) as client,
        ):
            yield client
    elif cluster.startswith(SCHEMES):
        with _existing(cluster) as client:
            yield client
    else:
        raise InputError(f"unknown cluster {cluster!r}; allowed: serial, local or an address ({SCHEMES[0]}host:port)")


def _existing(address: str) -> Client:
    try:
        return Client(address, timeout=CONNECT_TIMEOUT_S)
    except (OSError, ValueError) as error:
        raise InputError(f"no Dask scheduler answers at {address} ({error}); start one, or use local") from error
