"""The page of the design study."""

from ssbflow.design.selection import Selection
from study_parts.found import Study

HEAD = """\
# A worked study: from two stores to a cell

Made by `python pipelines/design_study.py`. Small boxes and few seeds, so that it takes a quarter of an hour on two
cores: the way is that of a real study, the numbers are not. Spheres are elastic (`stiffness_scale` 1), so that
electrodes come out more porous than pressed powders are; see [the validation](validation.md).
"""


def page(study: Study, card: str) -> str:
    """Return the page as Markdown."""
    return "\n".join([HEAD, _grid(study), _front(study), _race(study), _search(study), _cell(study), _nested(card)])


def _grid(study: Study) -> str:
    best, row = study.grid.best, study.grid.table.iloc[0]
    name = study.grid.objective
    return f"""\
## The full factorial

[cathode_study.yaml](../catalogs/sweeps/cathode_study.yaml): {study.grid.considered} designs, {study.grid_cases} cases.
What is looked for is the specific energy of a cell with a lithium anode (`catalogs/cells.yaml`): more EAM
is better, until the SE no longer reaches it. Best is **{best}**: {row[name]:.1f} Wh/kg, 95 % interval
{row[f"{name}_low"]:.1f} to {row[f"{name}_high"]:.1f}.

![Specific energy over the share of EAM](images/design_study_grid.png)
"""


def _front(study: Study) -> str:
    return f"""\
## Energy or rate

The finer the SE and the more of it, the less the ions lose on their way: {len(study.front.table)} designs are
on the front of specific energy and height over ionic conductivity.

![Pareto front](images/design_study_front.png)
"""


def _race(study: Study) -> str:
    race = study.race
    left = race.table["standing"].value_counts(sort=False)
    standings = "; ".join(f"{count} × {reason}" for reason, count in left.items())
    agree = "the same design" if race.best == study.grid.best else f"not {study.grid.best}, which has four seeds only"
    return f"""\
## The same by a race

`ssbflow run … --race --maximize specific_energy` with up to twelve seeds for each design: **{race.best}** after
{race.cases} of {race.factorial} cases ({race.cases / race.factorial:.0%}), {agree}. How they ended: {standings}.
"""


def _search(study: Study) -> str:
    name, found = study.grid.objective, study.search.selection
    best, grid = found.table[name].iloc[0], study.grid.table[name].iloc[0]
    known, seeds = len(found.table), study.fresh.table["seeds_ok"].max()
    return f"""\
## The same by a search

[cathode_study.yaml](../catalogs/searches/cathode_study.yaml): {study.search.asked} designs within the corners of that
grid, {study.search.cases} cases ({study.search.cases / study.grid_cases:.0%} of the grid's): one for each design, then
more for those ahead, so that no lucky seed decides. Best of the {known} with three seeds or more is **{found.best}**
with {best:.1f} Wh/kg; the grid has {grid:.1f}. The largest of many noisy means flatters; {seeds} seeds that chose
neither give {_told(study.fresh, found.best)} to it, and
{_told(study.fresh, study.grid.best)} to {study.grid.best}.

![Where the search asked, and its best design so far](images/design_study_search.png)
"""


def _told(judged: Selection, label: str) -> str:
    row, name = judged.table.loc[tuple(label.split("/"))], judged.objective
    return f"{row[name]:.1f} Wh/kg (95 % interval {row[f'{name}_low']:.1f} to {row[f'{name}_high']:.1f})"


def _cell(study: Study) -> str:
    return f"""\
## The cell

The best cathode with **{study.anodes.best}**, the negative electrode that gives most capacity for its mass among those
with {study.anodes.where} ([anode.yaml](../catalogs/sweeps/anode.yaml)). Its card, as `ssbflow recipe … -o card.md`
writes it:
"""


def _nested(card: str) -> str:
    """Return the card with its headings below those of the page."""
    return "\n".join(f"##{line}" if line.startswith("#") else line for line in card.splitlines()) + "\n"
