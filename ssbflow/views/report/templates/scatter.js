// The Pareto front of two variables: the designs that no other one beats in one without losing in the other.
const front = { x: 0, y: 0, senseX: 1, senseY: 1, points: [], at: -1 };
const SVG = "http://www.w3.org/2000/svg";
const NEAR_PX = 30;
const MARGIN = { left: 66, right: 16, top: 14, bottom: 50 };

function draw(tag, attributes, text) {
  const drawn = document.createElementNS(SVG, tag);
  for (const [name, value] of Object.entries(attributes)) drawn.setAttribute(name, value);
  if (text !== undefined) drawn.textContent = text;
  return drawn;
}

function startFront() {
  for (const [axis, first] of [["x", named(data.objective)], ["y", named(data.beside.find((name) => data.variables.some((one) => one.name === name)))]]) {
    const sense = byId(`front-${axis}-sense`);
    const choose = (variable) => {
      front[axis] = variable;
      front[`sense${axis.toUpperCase()}`] = data.variables[variable].smallerIsBetter ? -1 : 1;
      sense.value = front[`sense${axis.toUpperCase()}`];
      drawFront();
    };
    chooser(byId(`front-${axis}`), first, choose);
    sense.addEventListener("change", () => { front[`sense${axis.toUpperCase()}`] = Number(sense.value); drawFront(); });
    front[axis] = first;
    front[`sense${axis.toUpperCase()}`] = sense.value = data.variables[first].smallerIsBetter ? -1 : 1;
  }
  new ResizeObserver(() => requestAnimationFrame(drawFront)).observe(byId("front-plot"));
  drawFront();
}

function onFront(points, senseX, senseY) { // as ssbflow.design.pareto: equal points are on it together
  const ordered = points.map((point) => [senseX * point.x.mean, senseY * point.y.mean, point]);
  ordered.sort((one, other) => other[0] - one[0] || other[1] - one[1]);
  let best = -Infinity;
  let last = null; // the last point that went onto the front
  for (const [x, y, point] of ordered) {
    point.on = y > best || (last !== null && x === last[0] && y === last[1]);
    if (y > best) { best = y; last = [x, y]; }
  }
  return ordered.filter((one) => one[2].on).map((one) => one[2]);
}

function ticks(low, high, count) {
  const rough = (high - low) / count;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= rough);
  const found = [];
  for (let at = Math.ceil(low / step); at * step <= high; at += 1) found.push(Number((at * step).toPrecision(12)));
  return found;
}

function rangeOf(found) { // intervals may be wide: they are cut off where they would squeeze the points together
  const means = found.map((one) => one.mean);
  const [low, high] = [Math.min(...means), Math.max(...means)];
  const room = 0.12 * (high - low) || 0.05 * Math.abs(high) || 1;
  return [low - room, high + room];
}

function drawFront() {
  const [xs, ys] = [meansOf(front.x), meansOf(front.y)];
  const points = designs.map((design, at) => ({ design, at, x: xs[at], y: ys[at] })).filter((point) => point.x && point.y);
  const plot = byId("front-plot");
  if (!points.length) {
    plot.replaceChildren(make("p", {}, "No design has both."));
    byId("front-table").replaceChildren();
    return;
  }
  const best = onFront(points, front.senseX, front.senseY);
  const width = Math.max(260, plot.clientWidth);
  const height = Math.round(Math.min(480, Math.max(300, 0.6 * width)));
  const [x, y] = [rangeOf(points.map((one) => one.x)), rangeOf(points.map((one) => one.y))];
  const right = (value) => MARGIN.left + ((value - x[0]) / (x[1] - x[0])) * (width - MARGIN.left - MARGIN.right);
  const down = (value) => height - MARGIN.bottom - ((value - y[0]) / (y[1] - y[0])) * (height - MARGIN.top - MARGIN.bottom);
  points.forEach((point) => { [point.px, point.py] = [right(point.x.mean), down(point.y.mean)]; });
  front.points = points.sort((one, other) => one.px - other.px);
  front.at = -1;
  const svg = draw("svg", { viewBox: `0 0 ${width} ${height}`, height, tabindex: 0, role: "img", "aria-label": `${points.length} designs, ${best.length} on the front, ${data.variables[front.x].name} across, ${data.variables[front.y].name} up` });
  svg.append(...axes(x, y, right, down, width, height));
  const inside = draw("clipPath", { id: "front-inside" });
  inside.append(draw("rect", { x: MARGIN.left, y: MARGIN.top, width: width - MARGIN.left - MARGIN.right, height: height - MARGIN.top - MARGIN.bottom }));
  const drawn = draw("g", { "clip-path": "url(#front-inside)" });
  drawn.append(draw("path", { class: "line", d: `M${best.map((one) => `${one.px},${one.py}`).join("L")}` }));
  drawn.append(...points.filter((one) => !one.on).map((one) => draw("circle", { class: "point", cx: one.px, cy: one.py, r: points.length > 500 ? 2.5 : 5 })));
  drawn.append(...best.flatMap((one) => errors(one, right, down)), ...best.map((one) => draw("circle", { class: "point on", cx: one.px, cy: one.py, r: 6 })));
  svg.append(inside, drawn, draw("g", { id: "front-ring" }));
  listen(svg, width);
  plot.replaceChildren(svg);
  drawFrontTable(best);
}

function errors(point, right, down) {
  const lines = [];
  const { x, y } = point;
  if (Number.isFinite(x.half)) lines.push({ x1: right(x.mean - x.half), x2: right(x.mean + x.half), y1: point.py, y2: point.py });
  if (Number.isFinite(y.half)) lines.push({ x1: point.px, x2: point.px, y1: down(y.mean - y.half), y2: down(y.mean + y.half) });
  return lines.map((line) => draw("line", { class: "error", ...line }));
}

function axes(x, y, right, down, width, height) {
  const [bottom, middle] = [height - MARGIN.bottom, (MARGIN.top + height - MARGIN.bottom) / 2];
  return [
    ...ticks(x[0], x[1], width / 110).flatMap((value) => [
      draw("line", { class: "grid", x1: right(value), x2: right(value), y1: MARGIN.top, y2: bottom }),
      draw("text", { x: right(value), y: bottom + 18, "text-anchor": "middle" }, number(value, 6))]),
    ...ticks(y[0], y[1], height / 70).flatMap((value) => [
      draw("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: down(value), y2: down(value) }),
      draw("text", { x: MARGIN.left - 8, y: down(value) + 4, "text-anchor": "end" }, number(value, 6))]),
    draw("text", { class: "axis", x: (MARGIN.left + width - MARGIN.right) / 2, y: height - 8, "text-anchor": "middle" }, withUnits(data.variables[front.x])),
    draw("text", { class: "axis", transform: `translate(14 ${middle}) rotate(-90)`, "text-anchor": "middle" }, withUnits(data.variables[front.y])),
  ];
}

function listen(svg, width) {
  const nearest = (event) => {
    const box = svg.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) * width) / box.width, ((event.clientY - box.top) * width) / box.width];
    const distances = front.points.map((one) => Math.hypot(one.px - x, one.py - y));
    const least = distances.reduce((best, one, index) => (one < distances[best] ? index : best), 0);
    return distances[least] < NEAR_PX ? least : -1;
  };
  svg.addEventListener("pointermove", (event) => pointAt(nearest(event)));
  svg.addEventListener("click", (event) => { pointAt(nearest(event)); openPoint(); });
  svg.addEventListener("focus", () => { if (front.at < 0 && svg.matches(":focus-visible")) pointAt(front.points.findIndex((one) => one.on)); });
  svg.addEventListener("keydown", (event) => {
    const last = front.points.length - 1;
    const goal = { ArrowRight: Math.min(front.at + 1, last), ArrowUp: Math.min(front.at + 1, last), ArrowLeft: Math.max(front.at - 1, 0), ArrowDown: Math.max(front.at - 1, 0), Home: 0, End: last }[event.key];
    if (event.key === "Enter" || event.key === " ") openPoint();
    else if (goal !== undefined) pointAt(goal);
    else return;
    event.preventDefault();
  });
}

function pointAt(index) {
  if (index < 0 || index === front.at) return;
  front.at = index;
  const point = front.points[index];
  const [x, y] = [data.variables[front.x], data.variables[front.y]];
  byId("front-told").textContent = `${point.design.label}${point.on ? ", on the front" : ""}: ${x.name} ${meanText(point.x)} ${x.units}`.trimEnd() + `, ${y.name} ${meanText(point.y)} ${y.units}`.trimEnd() + ` · ${point.x.seeds} ${point.x.seeds === 1 ? "seed" : "seeds"}`;
  const left = point.px > byId("front-plot").clientWidth / 2;
  byId("front-ring").replaceChildren(
    draw("circle", { class: "ring", cx: point.px, cy: point.py, r: 10 }),
    draw("text", { class: "name", x: point.px + (left ? -15 : 15), y: point.py - 10, "text-anchor": left ? "end" : "start" }, point.design.label));
}
function openPoint() {
  if (front.at >= 0) showDesign(front.points[front.at].design, front.x);
}

function drawFrontTable(best) {
  const heads = ["design", withUnits(data.variables[front.x]), withUnits(data.variables[front.y]), "seeds"];
  byId("front-table").replaceChildren(
    make("thead", {}, make("tr", {}, ...heads.map((text, index) => make("th", { scope: "col", class: index ? "number" : "" }, text)))),
    make("tbody", {}, ...best.slice(0, MOST_ROWS).map((point) => make("tr", {},
      make("th", { scope: "row" }, make("button", { class: "link", onclick: () => showDesign(point.design, front.x) }, point.design.label)),
      make("td", { class: "number" }, meanText(point.x)), make("td", { class: "number" }, meanText(point.y)), make("td", { class: "number" }, String(point.x.seeds))))));
}
