// Whatever the page shows begins here.
if (data.variables.length) {
  startRanking();
  if (data.isGrid) startHeatmap();
  startFront();
}
startSpheres();

const everyCase = [...Array(caseCount).keys()];
const plural = (count) => `${count} ${count === 1 ? "case" : "cases"}`;
for (const tile of document.querySelectorAll("[data-state]")) {
  const { state } = tile.dataset;
  const found = everyCase.filter((index) => cases.status[index] === data.status[state]);
  tile.disabled = !found.length;
  tile.addEventListener("click", () => showCases(`${plural(found.length)}: ${state}`, found, named(data.objective)));
}
for (const link of document.querySelectorAll("[data-cause]")) {
  const cause = Number(link.dataset.cause);
  const found = everyCase.filter((index) => cases.cause[index] === cause);
  link.addEventListener("click", () => showCases(`${plural(found.length)} failed: ${data.causes[cause].cause}`, found, named(data.objective)));
}
for (const link of document.querySelectorAll("[data-case]")) {
  const index = everyCase.find((one) => caseId(one) === link.dataset.case);
  const design = designs.find((one) => one.cases.includes(index));
  link.disabled = !design;
  link.addEventListener("click", () => showCases(`${design.label}, seed ${cases.seed[index]}`, [index], named(data.objective), design));
}
byId("cases").addEventListener("click", (event) => { if (event.target === byId("cases")) byId("cases").close(); });
