"""Cell cards: on the terminal, as Markdown and as JSON, from stores that were run for real."""

from pathlib import Path

import pytest
from rich.console import Console

import ssbflow
from ssbflow.design.card import Powder, Recipe, Tolerance
from ssbflow.errors import InputError
from ssbflow.views.card_files import card_markdown, check_card_file, write_card
from ssbflow.views.card_making import mixing_steps
from ssbflow.views.card_sections import card_sections
from ssbflow.views.card_tables import recipe_table

pytestmark = pytest.mark.lammps


@pytest.fixture(scope="module")
def joined(tiny_store: Path, tiny_anode_store: Path) -> Recipe:
    return ssbflow.recipe(tiny_store, "CAM60/fine", anode="GR60/fine", anode_store=tiny_anode_store, batch_g=1)


def with_tolerance(recipe: Recipe, tolerance: Tolerance | None) -> str:
    """The card of a recipe whose positive electrode's powders have this tolerance."""
    powders = tuple(powder.model_copy(update={"tolerance": tolerance}) for powder in recipe.cathode.powders)
    made = recipe.cathode.model_copy(update={"powders": powders})
    return card_markdown(recipe.model_copy(update={"cathode": made}))


def on_terminal(recipe: Recipe, width: int) -> str:
    console = Console(width=width, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(recipe_table(recipe))
    return captured.get()


def test_json_is_read_back_as_it_was(joined: Recipe, tmp_path: Path) -> None:
    write_card(joined, tmp_path / "card.json")
    assert Recipe.model_validate_json((tmp_path / "card.json").read_text(encoding="utf-8")) == joined


def test_markdown_says_what_the_terminal_says(joined: Recipe) -> None:
    markdown, terminal = card_markdown(joined), " ".join(on_terminal(joined, width=400).split())
    for section in card_sections(joined):
        assert f"\n## {section.title}\n" in markdown
        assert section.title in terminal
        for line in section.lines:
            assert line in markdown
            assert line in terminal
        for row in section.rows:
            assert f"| {' | '.join(row)} |" in markdown
            assert all(" ".join(cell.split()) in terminal for cell in row)


def test_tables_of_markdown_have_as_many_cells_in_every_row(joined: Recipe) -> None:
    blocks = [block.splitlines() for block in card_markdown(joined).split("\n\n") if block.startswith("|")]
    assert len(blocks) == 9
    assert all(len({line.count("|") for line in block}) == 1 and set(block[1]) <= set("|- ") for block in blocks)


def test_card_fits_a_terminal_of_80_columns(joined: Recipe) -> None:
    assert max(map(len, on_terminal(joined, width=80).splitlines())) <= 80


def test_card_names_every_case_and_every_mass(joined: Recipe) -> None:
    markdown = card_markdown(joined)
    for electrode in joined.electrodes:
        assert " ".join(electrode.provenance.case_ids) in markdown
        for powder in electrode.powders:
            assert f"| {powder.mg_per_cell:.4g} | {powder.mg_per_batch:.4g} |" in markdown
    assert "enough for 3" in markdown  # 1 g at about 3 mg/cm²


def test_electrode_alone_has_no_layers_and_no_batch(tiny_store: Path) -> None:
    markdown = card_markdown(ssbflow.recipe(tiny_store, "CAM60/fine"))
    assert "Between and beside" not in markdown
    assert "enough for" not in markdown
    assert "tolerance not asked for" in markdown


def test_tolerance_is_told_as_far_as_it_is_known(joined: Recipe) -> None:
    ranges = {"d5_um": (1.0, 2.0), "d50_um": (2.0, 3.0), "d95_um": (3.0, 4.5)}
    known = Tolerance(where="porosity < 0.2", fulfilling=("a", "b"), failing=("c",), **ranges)
    said = with_tolerance(joined, known)
    assert "D5 1 to 2, D50 2 to 3, D95 3 to 4.5 µm by number keep 'porosity < 0.2' (a, b; c not)" in said
    open_ended = with_tolerance(joined, known.model_copy(update={"failing": ()}))
    assert "(a, b; no neighbour fails, so the limits are not known)" in open_ended
    none_left = with_tolerance(joined, known.model_copy(update={"fulfilling": ()}))
    assert "no tolerance known: no neighbour fulfils 'porosity < 0.2' (c not)" in none_left
    alone = with_tolerance(joined, known.model_copy(update={"fulfilling": (), "failing": ()}))
    assert "tolerance unknown: the store has no other eam powder" in alone


def powder(component: str, material: str) -> Powder:
    return Powder(component=component, material=material, weight_percent=25, mg_per_cell=1, mg_per_batch=1)


def test_mixing_begins_with_se_and_carbon_and_ends_with_binder(joined: Recipe) -> None:
    _, carbon, eam, binder, press = mixing_steps(joined.cathode)
    assert carbon.startswith("1. grind LPSCl with carbon_black")
    assert eam.startswith("2. fold it into NCM811")
    assert binder.startswith("3. add PTFE last")
    assert press == "4. spread evenly, press at 375 MPa"


@pytest.mark.parametrize(
    ("components", "first"),
    [(["eam", "se"], "1. fold LPSCl into NCM811"), (["se"], "1. spread evenly"), (["eam"], "1. spread evenly")],
)
def test_mixing_leaves_out_what_is_not_there(joined: Recipe, components: list[str], first: str) -> None:
    named = {"eam": "NCM811", "se": "LPSCl"}
    powders = tuple(powder(component, named[component]) for component in components)
    steps = list(mixing_steps(joined.cathode.model_copy(update={"powders": powders})))
    assert steps[1].startswith(first)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("card.pdf", r"card\.pdf: a card is written as \.json or \.md; got the suffix '\.pdf'"),
        ("card", "got the suffix ''"),
        ("nowhere/card.md", "there is no folder .*nowhere; make it"),
        ("folder.md", r"folder\.md cannot be written"),
    ],
)
def test_file_that_cannot_be_written_is_refused(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "folder.md").mkdir()
    with pytest.raises(InputError, match=message):
        check_card_file(tmp_path / name)
