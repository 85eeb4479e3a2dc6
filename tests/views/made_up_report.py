"""A report of cases that nobody simulated, with texts that would do harm if they were read as markup."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from ssbflow.store.cells import STATUS
from ssbflow.variable import Variable
from ssbflow.views.report.model import KINDS, Asked, Cause, Listing, Numbers, Ran, Report, Spheres

HARMFUL = (
    '</script><script>window.harmed = true</script><img src=x onerror="window.harmed = true"> \'and\' "quotes" & '
    "{{ 7 * 7 }}"
)
NAMES = ("utilization", "tortuosity_geodesic_median", "porosity", "percolates", "height")


def made_up_report(
    compositions: int = 4, distributions: int = 3, seeds: int = 4, variables: int = len(NAMES), is_grid: bool = True
) -> Report:
    """Every third case of the last composition failed, one is pending; the first composition's label is harmful."""
    generator = np.random.default_rng(0)
    composition, distribution, seed = np.indices((compositions, distributions, seeds)).reshape(3, -1)
    status = np.full(len(seed), STATUS["ok"], dtype=np.int8)
    status[np.flatnonzero(composition == compositions - 1)[::3]] = STATUS["failed"]
    status[1] = STATUS["pending"]
    values = 0.5 + 0.1 * generator.random((variables, compositions, distributions, 1)) + np.zeros(seeds)
    values = (values + 0.02 * generator.standard_normal(values.shape)).reshape(variables, -1)
    values[:, status != STATUS["ok"]] = np.nan
    names = [*NAMES, *(f"variable_{number}" for number in range(len(NAMES), variables))]
    units = {"height": "um"}
    numbers = Numbers(
        variables=tuple(Variable(name, units.get(name, "1"), f"meaning of {name}") for name in names),
        compositions=_listing(["C0" + HARMFUL, *(f"C{number}" for number in range(1, compositions))]),
        distributions=_listing([f"D{number}" for number in range(distributions)]),
        is_grid=is_grid,
        composition=composition,
        distribution=distribution,
        seed=seed,
        status=status,
        cause=np.where(status == STATUS["failed"], 0, -1),
        case_ids=tuple(f"{number:032x}" for number in range(len(seed))),
        values=values,
    )
    counts = {state: int((status == STATUS[state]).sum()) for state in ("ok", "failed", "pending")}
    return Report(
        store=f"/stores/{HARMFUL}",
        cube="made.up",
        made=datetime(2026, 1, 2, 3, 4, tzinfo=UTC),
        asked=_asked(),
        ran=Ran(
            ok=counts["ok"],
            failed=counts["failed"],
            pending=counts["pending"],
            started=datetime(2026, 1, 1, tzinfo=UTC),
            ended=datetime(2026, 1, 2, tzinfo=UTC),
            core_hours=12.3,
        ),
        causes=(Cause("press", "not settled", counts["failed"], f"it moves on {HARMFUL}", f"step 1\n{HARMFUL}"),),
        numbers=numbers,
        spheres=_spheres(generator),
        provenance={"store": "/stores/" + "long/" * 30, "commit": "0" * 40},
    )


def with_nothing_well(report: Report) -> Report:
    """The same with every case failed."""
    of_cases = report.numbers
    failed = replace(
        of_cases,
        variables=(),
        values=of_cases.values[:0],
        status=np.full_like(of_cases.status, STATUS["failed"]),
        cause=np.zeros_like(of_cases.cause),
    )
    ran, causes = Ran(0, len(of_cases.status), 0), (replace(report.causes[0], cases=len(of_cases.status)),)
    return replace(
        report, numbers=failed, ran=ran, causes=causes, spheres=None, no_spheres="No case has ended well yet."
    )


def _listing(labels: list[str]) -> Listing:
    return Listing(("label", "eam_wt", "source"), tuple((label, "0.6", HARMFUL) for label in labels))


def _asked() -> Asked:
    return Asked(
        sweeps=Listing(("sweep", "description", "seeds"), (("tiny", HARMFUL, "0–3"),)),
        compositions=Listing(("composition", "eam (wt%)", "source"), (("C0", "60 NCM811", HARMFUL),)),
        powders=Listing(("distribution", "EAM"), (("D0", "normal, by number"),)),
        protocol={"box.edge_um": "18", "source": HARMFUL},
        analysis={"overlap_criterion": "1"},
    )


def _spheres(generator: np.random.Generator) -> Spheres:
    number = 400
    return Spheres(
        case_id=f"{0:032x}",
        title="C1/D1, seed 0",
        position_um=generator.random((number, 3)) * [10, 10, 20],
        radius_um=0.5 + generator.random(number),
        kind=generator.integers(len(KINDS), size=number).astype(np.uint8),
        edge_um=(10.0, 10.0),
        height_um=20.0,
    )
