"""The particle data of the method's first file, for `atom_style sphere`."""

import numpy as np

from ssbflow.packing.packing import Packing
from ssbflow.press.plan import PlatenPlan, PressPlan


def data_text(packing: Packing, plan: PressPlan) -> str:
    """Return the data file: id, type, diameter, density, x, y, z of every particle, and of the platen's atom."""
    names = (*plan.species, *(["platen"] if plan.platen else []))
    rows = _particle_rows(packing, plan) + ([_platen_row(packing, plan.platen, len(names))] if plan.platen else [])
    header = [
        "ssbflow: loose packing; types: " + ", ".join(f"{number} {name}" for number, name in enumerate(names, 1)),
        "",
        f"{len(rows)} atoms",
        f"{len(names)} atom types",
        f"0.0 {packing.edge_um[0]!r} xlo xhi",
        f"0.0 {packing.edge_um[1]!r} ylo yhi",
        f"0.0 {_box_top_um(packing, plan)!r} zlo zhi",
        "",
        "Atoms # sphere",
        "",
    ]
    return "\n".join([*header, *rows, ""])


def lid_um(packing: Packing) -> float:
    """Return the height that no particle passes while overlaps are parted."""
    return float(packing.position_um[:, 2].max() + 2 * packing.radius_um.max())


def _box_top_um(packing: Packing, plan: PressPlan) -> float:
    above = plan.platen.gap_um + packing.radius_um.max() if plan.platen else 0.0
    return float(lid_um(packing) + packing.radius_um.max() + above)


def _particle_rows(packing: Packing, plan: PressPlan) -> list[str]:
    kind = np.select([packing.species == name for name in plan.species], range(1, len(plan.species) + 1))
    columns = zip(
        kind.tolist(),
        (2 * packing.radius_um).tolist(),
        plan.density_g_cm3.tolist(),
        packing.position_um.tolist(),
        strict=True,
    )
    return [
        f"{number} {kind} {diameter!r} {density!r} {x!r} {y!r} {z!r}"
        for number, (kind, diameter, density, (x, y, z)) in enumerate(columns, 1)
    ]


def _platen_row(packing: Packing, platen: PlatenPlan, kind: int) -> str:
    density = platen.mass_pg / (4 / 3 * np.pi * platen.radius_um**3)
    x, y = (edge / 2 for edge in packing.edge_um)
    z = lid_um(packing) + platen.gap_um
    return f"{platen.atom_id} {kind} {2 * platen.radius_um!r} {float(density)!r} {x!r} {y!r} {z!r}"
