"""The report in a real browser: it draws what Python says, obeys keyboard and mouse, and runs no text of a store."""

import itertools
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from made_up_report import HARMFUL, made_up_report, with_nothing_well
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.support.select import Select

from ssbflow.design.interval import half_width
from ssbflow.design.pareto import pareto_front
from ssbflow.store.cells import STATUS
from ssbflow.views.report.model import Report
from ssbflow.views.report.page import html

CHROMIUM, DRIVER = shutil.which("chromium"), shutil.which("chromedriver")
DESKTOP, PHONE = 1280, 360

pytestmark = [
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="no chromium and chromedriver here"),
    pytest.mark.long,
]

Browser = webdriver.Chrome
Show = Callable[..., Browser]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for argument in (
        "--headless=new",
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--hide-scrollbars",
        "--window-size=1300,1000",
    ):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    with webdriver.Chrome(options=options, service=Service(DRIVER)) as driver:
        yield driver


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Show]:
    """Opens the page of a report; at the end, the browser must have had nothing to complain of."""

    def opened(report: Report, width: int = DESKTOP, dark: bool = False) -> Browser:
        page = tmp_path / "report.html"
        page.write_text(html(report), encoding="utf-8")
        screen = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
        browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", screen)
        wishes = {"prefers-color-scheme": "dark" if dark else "light", "prefers-reduced-motion": "reduce"}
        features = [{"name": name, "value": value} for name, value in wishes.items()]
        browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
        browser.get(page.as_uri())
        return browser

    yield opened
    assert browser.get_log("browser") == []
    assert browser.execute_script("return window.harmed") is None


@pytest.fixture(scope="module")
def report() -> Report:
    return made_up_report()


def means(report: Report, variable: int) -> pd.DataFrame:
    """The oracle: mean and half of the interval of each design."""
    numbers = report.numbers
    ok = numbers.status == STATUS["ok"]
    cases = pd.DataFrame(
        {"c": numbers.composition[ok], "d": numbers.distribution[ok], "value": numbers.values[variable][ok]}
    )
    groups = cases.groupby(["c", "d"])["value"]
    return pd.DataFrame({"mean": groups.mean(), "half": half_width(groups.std(), groups.size())})


def cell(browser: Browser, composition: int, distribution: int) -> Any:
    return browser.find_element(
        By.CSS_SELECTOR, f'#heatmap-table td[data-row="{composition}"][data-column="{distribution}"]'
    )


def texts(browser: Browser, selector: str) -> list[str]:
    script = "return [...document.querySelectorAll(arguments[0])].map((one) => one.textContent)"
    return list(browser.execute_script(script, selector))


def press(browser: Browser, *keys: str) -> None:
    for key in keys:
        browser.switch_to.active_element.send_keys(key)


@pytest.mark.parametrize("dark", [False, True])
@pytest.mark.parametrize("width", [DESKTOP, PHONE])
def test_page_fits_and_its_texts_can_be_read(show: Show, report: Report, width: int, dark: bool) -> None:
    page = show(report, width, dark)
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert page.execute_script("return document.documentElement.scrollWidth") == width
    assert page.execute_script(PALE_TEXTS) == []
    cell(page, 1, 1).click()
    assert page.execute_script("return document.documentElement.scrollWidth") == width
    assert page.execute_script(
        "return arguments[0].scrollWidth <= arguments[0].clientWidth", page.find_element(By.ID, "cases")
    )
    assert page.execute_script(PALE_TEXTS) == []


def test_heat_map_shows_the_means_of_the_chosen_variable(show: Show, report: Report) -> None:
    page = show(report)
    seen = []
    for variable in (0, 4):
        Select(page.find_element(By.ID, "heatmap-variable")).select_by_value(str(variable))
        script = "return heat.cells.map((row) => row.map((one) => one.getAttribute('aria-label')))"
        told = page.execute_script(script)
        for (composition, distribution), row in means(report, variable).iterrows():  # type: ignore[misc]
            mean, half = re.search(r" (0\.\d+) ± (0\.\d+)", told[composition][distribution]).groups()
            assert (float(mean), float(half)) == (float(f"{row['mean']:.4g}"), float(f"{row['half']:.2g}"))
        seen.append(page.execute_script("return heat.cells.flat().map((one) => one.style.background)"))
    assert seen[0] != seen[1]
    assert "um" in page.find_element(By.ID, "heatmap-units").text


def test_best_designs_are_ranked_and_sorted(show: Show, report: Report) -> None:
    page = show(report)
    table = means(report, 0).sort_values("mean", ascending=False)
    wanted = [f"{'C0' + HARMFUL if c == 0 else f'C{c}'}/D{d}" for c, d in table.index]

    def shown() -> list[str]:
        return texts(page, "#best-table .link")

    assert shown() == wanted[:10]
    Select(page.find_element(By.ID, "best-sense")).select_by_value("-1")
    assert shown() == wanted[::-1][:10]
    page.find_elements(By.CSS_SELECTOR, "#best-table .sort")[1].click()
    assert shown() == sorted(wanted)[:10]
    assert page.find_elements(By.CSS_SELECTOR, "#best-table th")[1].get_attribute("aria-sort") == "ascending"


def test_front_is_that_of_the_library(show: Show, report: Report) -> None:
    page = show(report)
    across, up = means(report, 0)["mean"], means(report, 4)["mean"]
    for axis, variable in (("x", 0), ("y", 4)):
        Select(page.find_element(By.ID, f"front-{axis}")).select_by_value(str(variable))
    for senses in itertools.product([1, -1], repeat=2):
        for axis, sense in zip("xy", senses, strict=True):
            Select(page.find_element(By.ID, f"front-{axis}-sense")).select_by_value(str(sense))
        on = pareto_front(np.column_stack([senses[0] * across, senses[1] * up]))
        shown = {text.rpartition("/")[0][:2] + text[-2:] for text in texts(page, "#front-table .link")}
        assert shown == {f"C{c}D{d}" for c, d in across.index[on]}
        assert len(texts(page, "#front-plot .on")) == on.sum()


def test_front_keeps_equal_designs_together(show: Show, report: Report) -> None:
    page = show(report)
    points = [(1, 1), (1, 1), (2, 0), (2, 0.5), (0, 1), (0, 3), (2, 0.5)]
    named = "arguments[0].map(([x, y], at) => ({ at, x: { mean: x }, y: { mean: y } }))"
    script = f"return onFront({named}, 1, 1).map((one) => one.at)"
    assert set(page.execute_script(script, points)) == set(
        np.flatnonzero(pareto_front(np.array(points, float))).tolist()
    )


def test_keyboard_reaches_and_operates_everything(show: Show, report: Report) -> None:
    page = show(report)
    page.execute_script(NOTE_FOCUS)
    webdriver.ActionChains(page).send_keys(Keys.TAB * 60).perform()
    reached = set(page.execute_script("return window.reached"))
    selects = {"best-variable", "best-sense", "best-rows", "heatmap-variable", "front-x", "front-x-sense", "front-y"}
    assert selects | {"packing-canvas", "packing-cut", "packing-reset", "svg", "TD", "SUMMARY", "INPUT"} <= reached

    page.execute_script("arguments[0].focus()", cell(page, 0, 0))
    press(page, Keys.ARROW_DOWN, Keys.ARROW_RIGHT)
    assert page.find_element(By.ID, "heatmap-told").text.startswith("C1/D1: utilization 0.")
    press(page, Keys.ENTER)
    assert page.find_element(By.ID, "cases-title").text == "C1/D1"
    press(page, Keys.ESCAPE)
    assert not page.find_element(By.ID, "cases").is_displayed()
    assert page.switch_to.active_element.get_attribute("data-column") == "1"

    page.execute_script("document.querySelector('#front-plot svg').focus()")
    press(page, Keys.HOME, Keys.ARROW_RIGHT)
    told = page.find_element(By.ID, "front-told").text
    press(page, Keys.ARROW_RIGHT)
    assert told != page.find_element(By.ID, "front-told").text


def test_packing_turns_and_kinds_are_hidden(show: Show, report: Report) -> None:
    page = show(report)
    canvas = page.find_element(By.ID, "packing-canvas")

    def picture() -> str:
        when_drawn = "requestAnimationFrame(() => requestAnimationFrame(() => done(arguments[0].toDataURL())))"
        script = f"const done = arguments[1]; {when_drawn}"
        return str(page.execute_async_script(script, canvas))

    seen = [picture()]
    page.execute_script("arguments[0].focus()", canvas)
    press(page, Keys.ARROW_LEFT)
    seen.append(picture())
    webdriver.ActionChains(page).drag_and_drop_by_offset(canvas, 60, 20).perform()
    seen.append(picture())
    page.find_element(By.CSS_SELECTOR, '[data-kind="2"]').click()
    seen.append(picture())
    assert len(set(seen)) == 4
    page.find_element(By.CSS_SELECTOR, '[data-kind="2"]').click()
    page.find_element(By.ID, "packing-reset").click()
    assert picture() == seen[0]


def test_numbers_lead_to_their_cases(show: Show, report: Report) -> None:
    page = show(report)
    numbers = report.numbers
    cell(page, 0, 1).click()
    mine = np.flatnonzero((numbers.composition == 0) & (numbers.distribution == 1))
    ids = texts(page, "#cases-body td code")
    assert ids == [numbers.case_ids[at] for at in mine]
    assert page.find_element(By.ID, "cases-title").text == f"C0{HARMFUL}/D1"  # a text, not markup
    page.find_elements(By.CSS_SELECTOR, "#cases-body td .link")[1].click()
    command = page.find_element(By.CSS_SELECTOR, "#cases-body pre").text
    quoted = "'" + report.store.replace("'", "'\\''") + "'"
    assert command.startswith(f"ssbflow export {quoted} {ids[1]} -o ")
    press(page, Keys.ESCAPE)
    page.find_element(By.CSS_SELECTOR, "[data-cause]").click()
    failed = page.find_elements(By.CSS_SELECTOR, "#cases-body td code")
    assert len(failed) == report.ran.failed
    assert "not settled" in page.find_element(By.ID, "cases-body").text


def test_texts_of_a_store_are_shown_as_they_are(show: Show, report: Report) -> None:
    page = show(report)
    page.execute_script("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    assert HARMFUL in page.find_element(By.ID, "asked").text
    assert HARMFUL in page.find_element(By.CSS_SELECTOR, ".failure .message").text
    assert HARMFUL in page.find_element(By.CSS_SELECTOR, ".failure pre").text
    assert page.find_elements(By.TAG_NAME, "img") == []


def test_study_has_a_table_and_a_front_but_no_heat_map(show: Show) -> None:
    page = show(made_up_report(is_grid=False), PHONE)
    assert page.find_elements(By.ID, "heatmap") == []
    assert page.find_elements(By.CSS_SELECTOR, "#best-table .link")
    assert page.find_elements(By.CSS_SELECTOR, "#front-plot .on")


def test_store_of_failures_says_so(show: Show, report: Report) -> None:
    page = show(with_nothing_well(report), PHONE)
    assert "No case has ended well: see why they failed" in page.find_element(By.TAG_NAME, "main").text
    page.find_element(By.CSS_SELECTOR, '[data-state="failed"]').click()
    assert len(page.find_elements(By.CSS_SELECTOR, "#cases-body td code")) == len(report.numbers.status)


def test_ten_thousand_cases_are_a_small_page(show: Show, tmp_path: Path) -> None:
    page = show(made_up_report(100, 100, 1, variables=52), PHONE)
    assert (tmp_path / "report.html").stat().st_size < 5e6
    assert page.execute_script("return heat.cells.flat().length") == 10_000
    assert page.execute_script("return document.documentElement.scrollWidth") == PHONE


NOTE_FOCUS = """
window.reached = [];
document.addEventListener("focusin", (event) => window.reached.push(event.target.id || event.target.tagName));
"""

PALE_TEXTS = """
const luminance = (colour) => {
  const [r, g, b] = colour.match(/[\\d.]+/g).slice(0, 3).map((one) => one / 255)
    .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const isClear = (colour) => /^rgba\\(.*, 0\\)$/.test(colour);
const behind = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!isClear(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
};
return [...document.body.querySelectorAll("*")]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()))
  .filter((one) => contrast(getComputedStyle(one).color, behind(one)) < 4.5)
  .map((one) => `${one.tagName} ${one.textContent.slice(0, 30)} ${getComputedStyle(one).color} on ${behind(one)}`);
"""
