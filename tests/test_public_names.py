import subprocess
import sys


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
