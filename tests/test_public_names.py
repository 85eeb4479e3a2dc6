import subprocess
import sys
from importlib.metadata import version

import ssbflow


def test_press_stays_the_function_whatever_is_imported() -> None:
    # a fresh process: here, everything has been imported long ago
    lines = (
        "import ssbflow",
        "assert callable(ssbflow.press)",
        "ssbflow.run, ssbflow.simulate",
        "import ssbflow.press.names",
        "assert callable(ssbflow.press)",
        "from ssbflow.press import names",
        "assert names.SCRIPT == 'press.in'",
    )
    subprocess.run([sys.executable, "-W", "error", "-c", "\n".join(lines)], check=True)


def test_version_is_that_of_the_package() -> None:
    assert ssbflow.__version__ == version("ssbflow")
