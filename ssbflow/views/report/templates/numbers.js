"use strict";
// What the page knows: cases, the designs that they belong to, and means over seeds.
const data = JSON.parse(document.getElementById("data").textContent);
const bytes = (text) => Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);
const byId = (id) => document.getElementById(id);

const cases = data.cases;
const caseCount = cases.status.length;
const values = floats(cases.values);
const valueOf = (variable, index) => values[variable * caseCount + index];
const caseId = (index) => cases.ids.slice(32 * index, 32 * index + 32);
const stateOf = (index) => Object.keys(data.status).find((name) => data.status[name] === cases.status[index]);
const labelOf = (index) => `${data.compositions.rows[cases.composition[index]][0]}/${data.distributions.rows[cases.distribution[index]][0]}`;
const named = (name) => Math.max(0, data.variables.findIndex((one) => one.name === name));
const withUnits = (variable) => (variable.units ? `${variable.name} (${variable.units})` : variable.name);

const designs = [];
const designAt = new Map();
for (let index = 0; index < caseCount; index += 1) {
  const key = cases.composition[index] * data.distributions.rows.length + cases.distribution[index];
  if (!designAt.has(key)) {
    designAt.set(key, designs.length);
    designs.push({ composition: cases.composition[index], distribution: cases.distribution[index], label: labelOf(index), cases: [] });
  }
  designs[designAt.get(key)].cases.push(index);
}
const casesIn = (design, state) => design.cases.filter((index) => cases.status[index] === data.status[state]).length;

const known = new Map();
function meansOf(variable) { // of each design: mean, half of the interval (NaN for one seed) and how many seeds; or null
  if (!known.has(variable)) known.set(variable, designs.map((design) => meanOf(variable, design)));
  return known.get(variable);
}
function meanOf(variable, design) {
  const found = design.cases.map((index) => valueOf(variable, index)).filter(Number.isFinite);
  if (!found.length) return null;
  const mean = found.reduce((sum, one) => sum + one, 0) / found.length;
  const squares = found.reduce((sum, one) => sum + (one - mean) ** 2, 0);
  const width = data.halfWidths[found.length];
  return { mean, half: width < 0 ? NaN : width * Math.sqrt(squares / (found.length - 1)), seeds: found.length };
}

function number(value, digits = 4) {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e7)) return value.toExponential(digits - 2).replace("-", "−");
  return String(Number(value.toPrecision(Math.max(digits, Math.ceil(Math.log10(size + 1)))))).replace("-", "−");
}
const plusMinus = (found) => (Number.isFinite(found.half) ? `± ${number(found.half, 2)}` : "");
const meanText = (found) => (found ? `${number(found.mean)} ${plusMinus(found)}`.trim() : "–");

function make(tag, attributes = {}, ...children) { // children that are texts stay texts
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

function chooser(select, chosen, changed) { // fills a select with all variables
  data.variables.forEach((variable, index) => select.append(make("option", { value: index, title: variable.longName }, withUnits(variable))));
  select.value = chosen;
  select.addEventListener("change", () => changed(Number(select.value)));
}
const aboutVariable = (variable) =>
  `${variable.longName}${variable.units ? `, in ${variable.units}` : ""}${variable.state === "released" ? ", after unloading" : ""}${variable.comment ? `; ${variable.comment}` : ""}`;
