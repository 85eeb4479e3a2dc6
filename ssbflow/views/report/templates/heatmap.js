// The heat map: a table whose cells take the colour of a mean.
const COLOURS = ["#440154", "#482475", "#414487", "#355f8d", "#2a788e", "#21918c", "#22a884", "#44bf70", "#7ad151", "#bddf26", "#fde725"] // viridis
  .map((text) => [1, 3, 5].map((at) => parseInt(text.slice(at, at + 2), 16)));
const MOST_LETTERED = 16; // columns whose cells have room for their numbers
const heat = { variable: 0, cells: [], at: [0, 0] };

function startHeatmap() {
  const choose = (variable) => { heat.variable = variable; drawHeatmap(); };
  chooser(byId("heatmap-variable"), named(data.objective), choose);
  const table = byId("heatmap-table");
  table.addEventListener("keydown", moveInHeatmap);
  for (const name of ["pointerover", "focusin"]) table.addEventListener(name, (event) => tellCell(event.target.closest("td")));
  table.addEventListener("click", (event) => openCell(event.target.closest("td")));
  byId("heatmap-bar").style.background = `linear-gradient(to right, ${COLOURS.map((one) => `rgb(${one})`).join(",")})`;
  choose(named(data.objective));
}

function drawHeatmap() {
  const variable = data.variables[heat.variable];
  const means = meansOf(heat.variable);
  const found = means.filter(Boolean).map((one) => one.mean);
  const [low, high] = [Math.min(...found), Math.max(...found)];
  byId("heatmap-about").textContent = aboutVariable(variable);
  byId("heatmap-low").textContent = number(low);
  byId("heatmap-high").textContent = number(high);
  byId("heatmap-units").textContent = variable.units;
  const columns = data.distributions.rows;
  const table = byId("heatmap-table");
  table.classList.toggle("dense", columns.length > MOST_LETTERED);
  heat.cells = data.compositions.rows.map((_, row) => columns.map((_, column) => heatCell(row, column, means, low, high)));
  const heads = ["", ...columns.map((one) => one[0])].map((text) => make("th", { scope: "col" }, text));
  table.replaceChildren(
    make("thead", {}, make("tr", {}, ...heads)),
    make("tbody", {}, ...heat.cells.map((cells, row) => make("tr", {}, make("th", { scope: "row" }, data.compositions.rows[row][0]), ...cells))));
  heat.cells[heat.at[0]][heat.at[1]].tabIndex = 0;
}

function heatCell(row, column, means, low, high) {
  const at = designAt.get(row * data.distributions.rows.length + column);
  const found = at === undefined ? null : means[at];
  const cell = make("td", { role: "gridcell", tabindex: -1, "data-row": row, "data-column": column });
  if (!found) {
    cell.className = "none";
    cell.setAttribute("aria-label", tellDesign(at, heat.variable));
    return cell;
  }
  const colour = colourOf(high > low ? (found.mean - low) / (high - low) : 0.5);
  cell.style.background = `rgb(${colour})`;
  cell.style.color = luminance(colour) > 0.179 ? "#000" : "#fff"; // the better contrast of the two, 4.5 at least
  cell.setAttribute("aria-label", tellDesign(at, heat.variable));
  if (data.distributions.rows.length <= MOST_LETTERED) cell.textContent = number(found.mean, 3);
  return cell;
}

function colourOf(share) {
  const at = Math.min(share * (COLOURS.length - 1), COLOURS.length - 1 - 1e-9);
  const [one, other] = [COLOURS[Math.floor(at)], COLOURS[Math.floor(at) + 1]];
  return one.map((part, index) => Math.round(part + (other[index] - part) * (at % 1)));
}
function luminance(colour) { // as WCAG defines it
  const [red, green, blue] = colour.map((one) => (one / 255 <= 0.04045 ? one / 255 / 12.92 : ((one / 255 + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function tellDesign(at, variable) {
  if (at === undefined) return "Not asked for, or not on this page.";
  const design = designs[at];
  const about = data.variables[variable];
  const found = meansOf(variable)[at];
  const several = design.cases.filter((index) => Number.isFinite(valueOf(variable, index)));
  const each = several.slice(0, 12).map((index) => `${cases.seed[index]}: ${number(valueOf(variable, index))}`).join(", ");
  const states = ["failed", "pending"].map((state) => [casesIn(design, state), state]).filter(([count]) => count).map(([count, state]) => `, ${count} ${state}`).join("");
  if (!found) return `${design.label}: no ${about.name}${states}`;
  return `${design.label}: ${about.name} ${meanText(found)} ${about.units}`.trimEnd() + ` · seeds ${each}${several.length > 12 ? ", …" : ""}${states}`;
}

function tellCell(cell) {
  if (cell) byId("heatmap-told").textContent = cell.getAttribute("aria-label");
}
function openCell(cell) {
  const at = cell && designAt.get(Number(cell.dataset.row) * data.distributions.rows.length + Number(cell.dataset.column));
  if (!cell || at === undefined) return;
  focusCell(Number(cell.dataset.row), Number(cell.dataset.column));
  showDesign(designs[at], heat.variable);
}
function focusCell(row, column) {
  heat.cells[heat.at[0]][heat.at[1]].tabIndex = -1;
  heat.at = [row, column];
  heat.cells[row][column].tabIndex = 0;
  heat.cells[row][column].focus();
}
function moveInHeatmap(event) {
  const [row, column] = heat.at;
  const [rows, columns] = [heat.cells.length - 1, heat.cells[0].length - 1];
  const goal = {
    ArrowUp: [row - 1, column], ArrowDown: [row + 1, column], ArrowLeft: [row, column - 1], ArrowRight: [row, column + 1],
    Home: [row, 0], End: [row, columns], PageUp: [0, column], PageDown: [rows, column],
  }[event.key];
  if (event.key === "Enter" || event.key === " ") openCell(event.target.closest("td"));
  else if (goal) focusCell(Math.min(Math.max(goal[0], 0), rows), Math.min(Math.max(goal[1], 0), columns));
  else return;
  event.preventDefault();
}
