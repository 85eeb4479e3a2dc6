import os
from pathlib import Path

import pytest
from harm import flip
from hypothesis import given
from hypothesis import strategies as st

from ssbflow.errors import StoreError
from ssbflow.store.layout import parity_file
from ssbflow.store.parity import Parity, mend, parity_of

FILES = {"zarr.json": b"{}", "a/c/0": bytes(range(200)), "b/c/0": b"", "b/zarr.json": b"x" * 31}


@pytest.fixture
def version(tmp_path: Path) -> Path:
    folder = tmp_path / "v000001.zarr"
    for name, content in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    parity_file(folder).write_bytes(parity_of(folder, FILES).to_bytes())
    return folder


def put_aside(path: Path) -> None:
    path.unlink(missing_ok=True)


@given(st.dictionaries(st.sampled_from("abcdef"), st.binary(max_size=40), min_size=1), st.data())
def test_any_one_file_comes_back_from_the_others(files: dict[str, bytes], data: st.DataObject) -> None:
    parity = Parity()
    for name, content in files.items():
        parity.add(name, content)
    lost = data.draw(st.sampled_from(sorted(files)))
    rest = Parity(folded=parity.folded.copy())
    for name, content in files.items():
        if name != lost:
            rest.add(name, content)
    assert rest.folded.tobytes()[: len(files[lost])] == files[lost]


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("harm", ["flipped", "cut", "grown", "gone"])
def test_a_damaged_file_is_mended(version: Path, name: str, harm: str) -> None:
    path, content = version / name, FILES[name]
    if harm == "gone":
        path.unlink()
    else:
        path.write_bytes({"flipped": b"!" + content[1:], "cut": content[:-1], "grown": content + b"!"}[harm])
    if harm == "cut" and not content:
        assert not mend(version, put_aside)  # nothing is wrong
    else:
        assert mend(version, put_aside)
    assert {name: (version / name).read_bytes() for name in FILES} == FILES


def test_what_was_damaged_is_put_aside_and_versions_that_carry_it_have_the_mended_one(version: Path) -> None:
    later = version.with_name("v000002.zarr") / "a" / "c" / "0"
    later.parent.mkdir(parents=True)
    os.link(version / "a/c/0", later)
    flip(later, at=7)
    seen: list[bytes] = []

    def look(path: Path) -> None:
        seen.append(path.read_bytes())
        path.unlink()

    assert mend(version, look)
    assert seen == [bytes([*range(7), 6, *range(8, 200)])]
    assert later.read_bytes() == FILES["a/c/0"]
    assert later.samefile(version / "a/c/0")


@pytest.mark.parametrize("harmed", [("zarr.json", "a/c/0"), ("a/c/0", "../v000001.parity"), ("../v000001.parity",)])
def test_more_than_one_damaged_file_is_beyond_it(version: Path, harmed: tuple[str, ...]) -> None:
    for name in harmed:
        flip(version / name, at=0)
    assert not mend(version, put_aside)


def test_a_damaged_parity_is_known(version: Path) -> None:
    for at in range(parity_file(version).stat().st_size):
        flip(parity_file(version), at)
        with pytest.raises(StoreError):
            Parity.read(parity_file(version))
        flip(parity_file(version), at)
    assert parity_of(version, FILES).to_bytes() == parity_file(version).read_bytes()
    assert Parity.read(parity_file(version)).damaged(version) == []
