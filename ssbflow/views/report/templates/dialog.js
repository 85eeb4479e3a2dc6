// The cases behind a number: their ids, their values, and the commands that bring one here.
const MOST_ROWS = 200;

function showCases(title, indices, variable, design = null) {
  const body = byId("cases-body");
  byId("cases-title").textContent = title;
  body.replaceChildren();
  const told = make("p");
  const table = make("table");
  const command = make("pre", { tabindex: 0, "aria-label": "Commands for this case" });
  let shown = variable;
  const draw = () => {
    told.textContent = design && data.variables.length ? `Mean over seeds: ${meanText(meanOf(shown, design))}` : "";
    fillCases(table, indices, shown, design, (index) => { command.textContent = commandsFor(index); });
  };
  if (data.variables.length) {
    const select = make("select");
    chooser(select, variable, (chosen) => { shown = chosen; draw(); });
    body.append(make("div", { class: "controls" }, make("label", {}, "Variable ", select)));
  }
  draw();
  if (indices.length) command.textContent = commandsFor(indices[0]);
  body.append(told, make("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": "Cases" }, table));
  if (indices.length > MOST_ROWS) body.append(make("p", { class: "muted" }, `The first ${MOST_ROWS} of ${indices.length} cases.`));
  if (indices.length) body.append(make("h3", {}, "Export or open a case"), make("p", { class: "muted" }, "A case id above chooses which."), command);
  if (design) body.append(allVariables(design), inputsOf(design));
  byId("cases").showModal();
  byId("cases").scrollTop = 0;
  byId("cases-title").focus();
}
const showDesign = (design, variable) => showCases(design.label, design.cases, variable, design);

function fillCases(table, indices, variable, design, choose) {
  const about = data.variables[variable];
  const heads = [...(design ? [] : ["design"]), "seed", "status", ...(about ? [withUnits(about)] : []), "case id"];
  const rows = indices.slice(0, MOST_ROWS).map((index) => make("tr", {},
    ...(design ? [] : [make("th", { scope: "row" }, labelOf(index))]),
    make("td", { class: "number" }, cases.seed[index]),
    make("td", {}, cases.cause[index] < 0 ? stateOf(index) : `${stateOf(index)}: ${data.causes[cases.cause[index]].cause}`),
    ...(about ? [make("td", { class: "number" }, number(valueOf(variable, index), 6))] : []),
    make("td", {}, make("button", { class: "link", onclick: () => choose(index) }, make("code", {}, caseId(index))))));
  table.replaceChildren(make("thead", {}, make("tr", {}, ...heads.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows));
}

const quoted = (text) => (/^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`); // for a shell
function commandsFor(index) {
  const id = caseId(index);
  return `ssbflow export ${quoted(data.store)} ${id} -o ${id.slice(0, 8)}\n\n# in Python\nssbflow.open_case(${JSON.stringify(data.store)}, "${id}")`;
}

function allVariables(design) {
  const rows = data.variables.map((variable, index) => make("tr", {},
    make("th", { scope: "row", title: variable.longName }, withUnits(variable)),
    make("td", { class: "number" }, meanText(meanOf(index, design)))));
  return make("details", {}, make("summary", {}, "All variables, means over seeds"), make("div", { class: "scroll" }, make("table", {}, make("tbody", {}, ...rows))));
}

function inputsOf(design) {
  const pairs = [[data.compositions, design.composition], [data.distributions, design.distribution]].flatMap(([listing, row]) =>
    listing.header.slice(1).map((name, at) => make("div", {}, make("dt", {}, name), make("dd", {}, listing.rows[row][at + 1]))));
  return make("details", {}, make("summary", {}, "Inputs"), make("dl", {}, ...pairs));
}
