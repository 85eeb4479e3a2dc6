"""PyVista, which is loaded only where something is shown in space or written for ParaView."""

from typing import Any

from ssbflow.errors import InputError


def load_pyvista(what: str) -> Any:
    """Return the module; `what` is in words what needs it: ``vtk files``.

    Raises
    ------
    InputError
        It is not installed.
    """
    try:
        import pyvista
    except ImportError as error:
        raise InputError(f"{what} need PyVista, which is not installed: pip install 'ssbflow[views]'") from error
    return pyvista
