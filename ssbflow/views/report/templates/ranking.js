// The best designs: a table that its headings sort.
const ranking = { variable: 0, sense: 1, rows: 10, column: null, direction: 1 };

function startRanking() {
  const sense = byId("best-sense");
  const choose = (variable) => {
    Object.assign(ranking, { variable, sense: data.variables[variable].smallerIsBetter ? -1 : 1, column: null });
    sense.value = ranking.sense;
    drawRanking();
  };
  chooser(byId("best-variable"), named(data.objective), choose);
  sense.addEventListener("change", () => { Object.assign(ranking, { sense: Number(sense.value), column: null }); drawRanking(); });
  byId("best-rows").addEventListener("change", (event) => { ranking.rows = Number(event.target.value); drawRanking(); });
  choose(named(data.objective));
}

function columnsOf(variable) {
  const beside = data.beside.map((name) => data.variables.findIndex((one) => one.name === name)).filter((one) => one >= 0 && one !== variable);
  const shown = (index) => ({ title: withUnits(data.variables[index]), of: (row) => meansOf(index)[row.at]?.mean ?? NaN, text: (row) => meanText(meansOf(index)[row.at]) });
  return [
    { title: "#", of: (row) => row.rank, text: (row) => String(row.rank) },
    { title: "design", of: (row) => row.design.label, text: null },
    shown(variable),
    { title: "seeds", of: (row) => row.found.seeds, text: (row) => `${row.found.seeds}${row.found.seeds < data.fewSeeds ? " *" : ""}` },
    { title: "failed", of: (row) => casesIn(row.design, "failed"), text: (row) => String(casesIn(row.design, "failed")) },
    ...beside.map(shown),
  ];
}

function rankedDesigns() {
  const means = meansOf(ranking.variable);
  const rows = designs.map((design, at) => ({ design, at, found: means[at] })).filter((row) => row.found);
  rows.sort((one, other) => ranking.sense * (other.found.mean - one.found.mean));
  rows.forEach((row, index) => { row.rank = index && row.found.mean === rows[index - 1].found.mean ? rows[index - 1].rank : index + 1; });
  return rows;
}

function drawRanking() {
  const rows = rankedDesigns();
  const columns = columnsOf(ranking.variable);
  const variable = data.variables[ranking.variable];
  byId("best-about").textContent = `${aboutVariable(variable)}. ${rows.length} of ${designs.length} designs have it.`;
  if (ranking.column !== null) {
    const { of } = columns[ranking.column];
    rows.sort((one, other) => ranking.direction * compared(of(one), of(other)));
  }
  const heads = columns.map((column, index) => make("th",
    { scope: "col", class: index === 1 ? "" : "number", "aria-sort": sortOf(index) },
    make("button", { class: "sort", onclick: () => sortBy(index) }, `${column.title}${{ ascending: " ▲", descending: " ▼", none: "" }[sortOf(index)]}`)));
  byId("best-table").replaceChildren(
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...rows.slice(0, ranking.rows).map((row) => make("tr", {}, ...columns.map((column) => rankingCell(column, row))))));
}

function rankingCell(column, row) {
  if (column.text) return make("td", { class: "number" }, column.text(row));
  return make("th", { scope: "row" }, make("button", { class: "link", onclick: () => showDesign(row.design, ranking.variable) }, row.design.label));
}
function compared(one, other) { // what does not exist comes last, whatever the direction
  if (typeof one === "string") return one.localeCompare(other, "en", { numeric: true });
  if (Number.isNaN(one) || Number.isNaN(other)) return ranking.direction * (Number.isNaN(one) - Number.isNaN(other));
  return one - other;
}
function sortOf(index) {
  const column = ranking.column ?? 0;
  return index === column ? (ranking.column === null || ranking.direction > 0 ? "ascending" : "descending") : "none";
}
function sortBy(index) {
  const turned = index === (ranking.column ?? 0) ? -ranking.direction : 1;
  Object.assign(ranking, { column: index, direction: turned });
  drawRanking();
  byId("best-table").querySelectorAll(".sort")[index].focus();
}
