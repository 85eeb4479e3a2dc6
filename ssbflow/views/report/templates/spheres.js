// The pressed packing: shaded spheres drawn from the back to the front, without perspective.
const SHADES = 8; // the farther, the paler
const SPRITE_PX = 96;
const VIEW = { yaw: 0.5, pitch: 0.3, zoom: 1, cut: 0 };
const view = { ...VIEW };
const TURN = 0.12;

function startSpheres() {
  if (!data.spheres) return;
  const { position, radius, kind } = data.spheres;
  const packing = { position: floats(position), radius: floats(radius), kind: bytes(kind), edges: data.spheres.edges, hidden: new Set() };
  const canvas = byId("packing-canvas");
  let waiting = false;
  const redraw = () => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; drawPacking(canvas, packing); });
  };
  const restyle = () => { packing.sprites = spritesOf(canvas); redraw(); };
  for (const box of document.querySelectorAll("[data-kind]")) {
    const number = Number(box.dataset.kind);
    byId(`kind-count-${number}`).textContent = String(packing.kind.reduce((sum, one) => sum + (one === number), 0));
    box.addEventListener("change", () => { packing.hidden[box.checked ? "delete" : "add"](number); redraw(); });
  }
  byId("packing-cut").addEventListener("input", (event) => { view.cut = event.target.value / 100; redraw(); });
  byId("packing-zoom").addEventListener("input", (event) => { view.zoom = event.target.value / 100; redraw(); });
  byId("packing-reset").addEventListener("click", () => {
    Object.assign(view, VIEW);
    byId("packing-cut").value = 0;
    byId("packing-zoom").value = 100;
    redraw();
  });
  turnable(canvas, redraw);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", restyle);
  new ResizeObserver(redraw).observe(canvas);
  restyle();
}

function turnBy(yaw, pitch) {
  view.yaw += yaw;
  view.pitch = Math.min(Math.max(view.pitch + pitch, -Math.PI / 2), Math.PI / 2);
}

function turnable(canvas, redraw) {
  let from = null;
  canvas.addEventListener("pointerdown", (event) => { from = event; canvas.setPointerCapture(event.pointerId); });
  canvas.addEventListener("pointermove", (event) => {
    if (!from) return;
    turnBy((event.clientX - from.clientX) * 0.01, (event.clientY - from.clientY) * 0.01);
    from = event;
    redraw();
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { from = null; });
  canvas.addEventListener("keydown", (event) => {
    const turn = { ArrowLeft: [-TURN, 0], ArrowRight: [TURN, 0], ArrowUp: [0, -TURN], ArrowDown: [0, TURN] }[event.key];
    if (!turn) return;
    turnBy(...turn);
    event.preventDefault();
    redraw();
  });
}

function spritesOf(canvas) {
  const style = getComputedStyle(canvas);
  const paper = rgbOf(style.getPropertyValue("--page"));
  return ["--eam", "--eam-not", "--se", "--se-not"].map((name) => {
    const colour = rgbOf(style.getPropertyValue(name));
    return Array.from({ length: SHADES }, (_, shade) => spriteOf(mixed(colour, paper, (0.55 * shade) / (SHADES - 1))));
  });
}
const mixed = (one, other, share) => one.map((part, index) => part + (other[index] - part) * share);
const rgbOf = (text) => { // of #abc or #aabbcc
  const digits = text.trim().slice(1);
  return [0, 1, 2].map((at) => (digits.length === 3 ? 17 * parseInt(digits[at], 16) : parseInt(digits.slice(2 * at, 2 * at + 2), 16)));
};

function spriteOf(colour) {
  const sprite = make("canvas", { width: SPRITE_PX, height: SPRITE_PX });
  const context = sprite.getContext("2d");
  const half = SPRITE_PX / 2;
  const gradient = context.createRadialGradient(0.7 * half, 0.62 * half, 0, half, half, half);
  const stops = [[0, [255, 255, 255], 0.5], [0.45, colour, 0], [0.85, [0, 0, 0], 0.28], [1, [0, 0, 0], 0.5]];
  for (const [at, toward, share] of stops) gradient.addColorStop(at, `rgb(${mixed(colour, toward, share).map(Math.round)})`);
  context.fillStyle = gradient;
  context.beginPath();
  context.arc(half, half, half - 1, 0, 2 * Math.PI);
  context.fill();
  return sprite;
}

function projector(edges, width, height) { // a point in µm → right, down (px), and depth away from us (µm)
  const [cosine, sine, cosPitch, sinPitch] = [Math.cos(view.yaw), Math.sin(view.yaw), Math.cos(view.pitch), Math.sin(view.pitch)];
  const scale = 0.94 * view.zoom * Math.min(width / Math.hypot(edges[0], edges[1]), height / Math.hypot(...edges));
  const project = (x, y, z) => {
    const [fromX, fromY, fromZ] = [x - edges[0] / 2, y - edges[1] / 2, z - edges[2] / 2];
    const [across, away] = [fromX * cosine - fromY * sine, fromX * sine + fromY * cosine];
    return [width / 2 + scale * across, height / 2 - scale * (fromZ * cosPitch + away * sinPitch), away * cosPitch - fromZ * sinPitch];
  };
  return { project, scale };
}

function drawPacking(canvas, packing) {
  const ratio = window.devicePixelRatio || 1;
  const [width, height] = [canvas.clientWidth, canvas.clientHeight];
  [canvas.width, canvas.height] = [Math.round(width * ratio), Math.round(height * ratio)];
  const context = canvas.getContext("2d");
  context.scale(ratio, ratio);
  const { project, scale } = projector(packing.edges, width, height);
  const { position, radius, kind } = packing;
  const placed = Array.from(radius, (_, index) => project(position[3 * index], position[3 * index + 1], position[3 * index + 2]));
  const depths = placed.map((one) => one[2]);
  const [near, far] = depths.reduce(([least, most], one) => [Math.min(least, one), Math.max(most, one)], [Infinity, -Infinity]);
  const plane = near + view.cut * (far - near);
  drawBox(context, packing.edges, project);
  const order = [...radius.keys()].filter((index) => depths[index] >= plane && !packing.hidden.has(kind[index])).sort((one, other) => depths[other] - depths[one]);
  for (const index of order) {
    const shade = Math.min(SHADES - 1, Math.floor(((depths[index] - plane) / (far - plane || 1)) * SHADES));
    const size = radius[index] * scale;
    context.drawImage(packing.sprites[kind[index]][shade], placed[index][0] - size, placed[index][1] - size, 2 * size, 2 * size);
  }
  drawScale(context, scale, height);
}

function drawBox(context, [x, y, z], project) {
  context.strokeStyle = getComputedStyle(context.canvas).getPropertyValue("--muted");
  for (const level of [0, z]) {
    const corners = [[0, 0], [x, 0], [x, y], [0, y]].map(([one, other]) => project(one, other, level));
    context.beginPath();
    corners.forEach(([right, down], index) => context[index ? "lineTo" : "moveTo"](right, down));
    context.closePath();
    context.stroke();
  }
  for (const [one, other] of [[0, 0], [x, 0], [x, y], [0, y]]) {
    const [low, high] = [project(one, other, 0), project(one, other, z)];
    context.beginPath();
    context.moveTo(low[0], low[1]);
    context.lineTo(high[0], high[1]);
    context.stroke();
  }
}

function drawScale(context, scale, height) {
  const length = ticks(0, 120 / scale, 3).at(-1);
  const style = getComputedStyle(context.canvas);
  context.fillStyle = style.getPropertyValue("--text");
  context.font = `14px ${style.fontFamily}`;
  context.fillRect(12, height - 14, length * scale, 4);
  context.fillText(`${number(length)} µm`, 12, height - 21);
}
