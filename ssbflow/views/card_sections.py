"""A cell card as sections of text and tables: one content for the terminal and for Markdown."""

from collections.abc import Iterator
from dataclasses import dataclass

from ssbflow.design.card import CellPart, Electrode, Energies, Powder, Provenance, Recipe, Sizes
from ssbflow.views.card_making import mixing_steps

LEVELS = {"electrode": "positive electrode alone, against lithium", "stack": "stack", "cell": "cell"}
NOT_IN_IT = (
    "Not in these numbers: losses of the first cycles, swelling while charging, resistance at a current, ageing. "
    "Capacities are the material's, times the simulated utilization."
)


@dataclass(frozen=True)
class Section:
    """A title, lines of text, and a table below them; an empty header is of pairs of name and value."""

    title: str
    lines: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def title_of(recipe: Recipe) -> str:
    """Name the card by its designs."""
    return " and ".join(electrode.design for electrode in recipe.electrodes)


def card_sections(recipe: Recipe) -> Iterator[Section]:
    """Yield what a card says, in the order of the work: what to doubt, weigh, buy, mix, press, expect, and why."""
    if recipe.warnings:
        yield Section("Before you begin", recipe.warnings)
    yield _result(recipe)
    for electrode in recipe.electrodes:
        name = f"{electrode.side.capitalize()} electrode {electrode.design}"
        yield _weighing(electrode, recipe, name)
        yield _powders(electrode, f"{name}: powders")
        yield _making(electrode, f"{name}: make and expect")
    if recipe.cell:
        yield _layers(recipe.cell, recipe)
    yield _sources(recipe)


def _result(recipe: Recipe) -> Section:
    cell = recipe.cell
    rows = [("areal capacity", f"{recipe.cathode.areal_capacity_mah_cm2.interval()} mAh/cm²")]
    if cell:
        rows += [
            ("mean voltage", "unknown" if cell.mean_voltage_v is None else f"{cell.mean_voltage_v:.3g} V"),
            ("N/P ratio", f"{cell.n_p_ratio:.3g}, of the capacities that are utilized"),
            ("stack weighs", _stack(cell)),
        ]
    for energies in recipe.energies:
        rows.append((LEVELS[energies.level], _energies(energies)))
    about = f"Means over seeds; in brackets the 95 % interval of the mean{_whose(recipe)}. {NOT_IN_IT}"
    return Section("What it gives", (about,), (), tuple(rows))


def _stack(cell: CellPart) -> str:
    if cell.stack_areal_mass_mg_cm2 is None or cell.stack_thickness_um is None:
        return "unknown: the EAM's material has no capacity"
    return f"{cell.stack_areal_mass_mg_cm2:.3g} mg/cm², {cell.stack_thickness_um:.3g} µm under load"


def _whose(recipe: Recipe) -> str:
    return ", of the positive electrode's seeds" if recipe.anode else ""


def _energies(energies: Energies) -> str:
    if energies.areal_energy_mwh_cm2.mean is None:
        return "unknown: the EAM's material has no capacity or no voltage"
    return (
        f"{energies.specific_energy_wh_kg.interval()} Wh/kg, {energies.energy_density_wh_l.interval()} Wh/L, "
        f"{energies.areal_energy_mwh_cm2.mean:.3g} mWh/cm²"
    )


def _weighing(electrode: Electrode, recipe: Recipe, title: str) -> Section:
    each = f"{recipe.electrode_area_cm2:.4g} cm²"
    is_batch = recipe.cells != 1
    header = ("component", "material", "wt%", f"mg for {each}", *((f"mg for {recipe.area_cm2:.4g} cm²",) * is_batch))
    rows = [
        (
            p.component,
            p.material,
            f"{p.weight_percent:g}",
            f"{p.mg_per_cell:.4g}",
            *((f"{p.mg_per_batch:.4g}",) * is_batch),
        )
        for p in electrode.powders
    ]
    rows.append(("total", "", "100", f"{electrode.mg_per_cell:.4g}", *((f"{electrode.mg_per_batch:.4g}",) * is_batch)))
    batch = f"; the batch is enough for {recipe.cells:.4g} electrodes of {each}" if is_batch else ""
    return Section(
        title, (f"{electrode.areal_mass_mg_cm2:.4g} mg/cm², carbon and binder included{batch}",), header, tuple(rows)
    )


def _powders(electrode: Electrode, title: str) -> Section:
    particles = [powder for powder in electrode.powders if powder.sizes and powder.converted]
    header = ("powder", "law", "D5 / D50 / D95 by number", "by volume", "as given")
    rows = tuple((powder.material, powder.law or "", *_sizes(powder)) for powder in particles)
    lines = [f"{powder.material}: {_tolerance(powder)}." for powder in particles]
    about = "Diameters in µm; those that are not as given are worked out from what is simulated, D1 to D99."
    return Section(title, (about, *lines), header, rows)


def _sizes(powder: Powder) -> tuple[str, str, str]:
    """Return percentiles by number and by volume, and which of them were given."""
    known = {sizes.basis: _percentiles(sizes) for sizes in (powder.sizes, powder.converted) if sizes}
    return known["number"], known["volume"], f"by {powder.sizes.basis}" if powder.sizes else ""


def _percentiles(sizes: Sizes) -> str:
    return f"{sizes.d5_um:.3g} / {sizes.d50_um:.3g} / {sizes.d95_um:.3g}"


def _tolerance(powder: Powder) -> str:
    found = powder.tolerance
    if found is None:
        return "tolerance not asked for; --where says what a feasible design is"
    if not found.neighbours:
        return f"tolerance unknown: the store has no other {powder.component} powder beside the same partner"
    if not found.fulfilling:
        return f"no tolerance known: no neighbour fulfils '{found.where}' ({', '.join(found.failing)} not)"
    limits = f"{', '.join(found.failing)} not" if found.failing else "no neighbour fails, so the limits are not known"
    ranges = (("D5", found.d5_um), ("D50", found.d50_um), ("D95", found.d95_um))
    written = ", ".join(f"{name} {ends[0]:.3g} to {ends[1]:.3g}" for name, ends in ranges if ends)
    basis = f"by {powder.sizes.basis}" if powder.sizes else ""
    return f"{written} µm {basis} keep '{found.where}' ({', '.join(found.fulfilling)}; {limits})"


def _making(electrode: Electrode, title: str) -> Section:
    scaled = "" if electrode.scaled_by == 1 else f", scaled by {electrode.scaled_by:.3g} from the simulated one"
    full = electrode.areal_capacity_full_mah_cm2
    of_all = "" if full is None else f", of {full:.3g} if all EAM were"
    voltage = electrode.mean_voltage_v
    rows = [
        ("press at", f"{electrode.pressure_mpa:g} MPa"),
        ("EAM, pressed", f"{electrode.eam_weight_fraction.interval()} of the mass"),
        ("thickness", f"{electrode.thickness_um.interval()} µm under load{scaled}"),
        *_released(electrode),
        ("porosity", f"{electrode.porosity.interval()} with carbon and binder in the pores"),
        ("utilization", f"{electrode.utilization.interval()} of the EAM"),
        ("tortuosity", f"{electrode.tortuosity_median.interval()} geodesic, median of pairs"),
        ("areal capacity", f"{electrode.areal_capacity_mah_cm2.interval()} mAh/cm² utilized{of_all}"),
        ("mean voltage", "unknown" if voltage is None else f"{voltage:.3g} V against Li+/Li"),
        ("rests on", f"{electrode.seeds} seed(s)"),
    ]
    return Section(title, tuple(mixing_steps(electrode)), (), tuple(rows))


def _released(electrode: Electrode) -> list[tuple[str, str]]:
    found = electrode.thickness_released_um
    return [("thickness, released", f"{found.interval()} µm")] if found else []


def _layers(cell: CellPart, recipe: Recipe) -> Section:
    rows = [
        (layer.name, f"{layer.thickness_um:.3g}", f"{layer.areal_mass_mg_cm2:.3g}", f"{layer.share:g}",
         f"{layer.mg_per_cell:.4g}", layer.source)
        for layer in cell.layers
    ]  # fmt: skip
    mass, volume = 100 * cell.casing_mass_fraction, 100 * cell.casing_volume_fraction
    casing = f"casing: {mass:g} % of the mass, {volume:g} % of the volume"
    header = ("layer", "µm", "mg/cm²", "share", f"mg for {recipe.electrode_area_cm2:.4g} cm²", "source")
    lines = (
        f"Cell {cell.name}; {casing} ({cell.casing_source}).",
        "Share: the part that belongs to one pair of electrodes (0.5: coated on both sides).",
    )
    return Section("Between and beside", lines, header, tuple(rows))


def _sources(recipe: Recipe) -> Section:
    rows = [("card", f"ssbflow {recipe.ssbflow_version}, commit {recipe.ssbflow_commit or 'unknown'}")]
    for electrode in recipe.electrodes:
        rows += [(f"{electrode.side}: {name}", value) for name, value in _provenance(electrode.provenance)]
    return Section("Where it comes from", (), (), tuple(rows))


def _provenance(source: Provenance) -> list[tuple[str, str]]:
    return [
        ("store", source.store),
        ("cube", f"{source.cube}, {source.cube_version}, by {source.cube_source}, commit {source.cube_commit}"),
        ("physics", f"version {', '.join(map(str, source.physics_versions))}"),
        ("cases", " ".join(source.case_ids)),
    ]
