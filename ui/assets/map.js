// Draws the map with plotly.js and reports what a person does on it. Beside the points (map_points.js) it gets:
//   points: their digest          plotly: address of plotly.js      view: [x0, x1, y0, y1] or null
//   by: what is coloured          groups: [{id, name, note, colour, own, parts}]  title: heading of their list
//   parts of a group: [{id, name, note, own, bounds}], the finer subjects of one that has more than one
//   of: the group of each document, or null where points have a group of their own ("clusters", "documents")
//   scale: {shades, colours, first, last} or null: the step of each document on a continuous scale, -1 for none
//   labels, finer: [{name, colour, at}] on the map, the finer ones once it is zoomed in
//   note: what the list does not say by itself
//   ticked: [group ids]           polygon: [[x, y]…] or null        chosen: a selection stands
//   within: base64 bits of the points inside the scope, or null     lit: [{id, x, y, colour}] that a question found
//   pin: {x, y, text} or null     summary: one sentence for people who do not see the picture
//   results: {key, head, note, rows, more} or null: the passages that were selected or found (map_results.js)
// Text is only ever set as text. Plotly is given numbers and colours, no words.

const FAINT = 0.15;
const CELL = 8; // pixels
const NEAR = 0.55; // finer names stand there once this share of the map's width is in view
const FAR = 2; // points that a label rather covers than stand a line away from its group
const AROUND = [0, -1, 1, -2, 2, -3, 3, -4, 4].flatMap((dy) => [0, -0.6, 0.6, -1.2, 1.2].map((dx) => [dx, dy]));

function hasWebGL() {
  const context = document.createElement("canvas").getContext("webgl");
  if (context) context.getExtension("WEBGL_lose_context")?.loseContext();
  return Boolean(context);
}

function bits(encoded, n) {
  const raw = atob(encoded);
  const mask = new Uint8Array(n);
  for (let i = 0; i < n; i += 1) mask[i] = (raw.charCodeAt(i >> 3) >> (7 - (i & 7))) & 1;
  return mask;
}

// Even-odd rule, as explorer/maps/projection.py applies it to all points; here for those that are drawn.
function inside(x, y, polygon) {
  let odd = false;
  for (let i = 0, j = polygon.length - 1; i < polygon.length; j = i, i += 1) {
    const [x1, y1] = polygon[i];
    const [x2, y2] = polygon[j];
    if ((y1 > y) !== (y2 > y) && x < ((x2 - x1) * (y - y1)) / (y2 - y1) + x1) odd = !odd;
  }
  return odd;
}

function thinned(polygon, most) {
  if (polygon.length <= most) return polygon;
  return Array.from({ length: most }, (_, i) => polygon[Math.floor((i * polygon.length) / most)]);
}

class MapView {
  constructor(root) {
    this.plot = make("div", "dx-map-plot");
    this.over = make("div", "dx-map-over");
    this.tip = make("div", "dx-map-tip");
    this.tip.hidden = true;
    this.note = make("div", "dx-map-note", "Loading the map…");
    this.note.setAttribute("role", "status");
    this.tools = make("div", "dx-map-tools");
    this.stage = make("div", "dx-map-stage", this.plot, this.over, this.note, this.tip);
    this.legend = make("fieldset", "dx-map-legend");
    this.results = make("section", "dx-map-results");
    root.append(make("div", "dx-map-main", this.tools, this.stage), make("div", "dx-map-side", this.legend, this.results));
    this.list = new GroupList(this.legend, {
      tick: (ids) => this.tick(ids), rename: (value) => this.trigger("rename", value), look: (bounds) => this.lookAt(bounds),
    });
    this.mode = "lasso";
    this.drawTools();
    this.plot.setAttribute("role", "img");
    this.waiting = () => this.draw();
    this.stage.addEventListener("mouseleave", () => { this.tip.hidden = true; });
    this.stage.addEventListener("keydown", (event) => { if (event.key === "Escape") this.clear(); });
    this.resize = new ResizeObserver(() => {
      if (this.isDrawn) window.Plotly.Plots.resize(this.plot).then(() => (this.view ? this.placeLabels() : this.whole(this.isAll)));
    });
    this.resize.observe(this.stage);
  }

  drawTools() {
    const tool = (text, title, run, mode) => {
      const button = make("button", "dx-map-tool", text);
      button.type = "button";
      button.title = title;
      button.setAttribute("aria-label", title);
      if (mode) button.dataset.mode = mode;
      button.addEventListener("click", run);
      this.tools.append(button);
    };
    const mode = (name) => () => this.setMode(name);
    tool("Lasso", "Draw around points to select them", mode("lasso"), "lasso");
    tool("Box", "Draw a box around points to select them", mode("select"), "select");
    tool("Move", "Move the map; the wheel zooms", mode("pan"), "pan");
    tool("+", "Zoom in", () => this.zoom(0.6));
    tool("−", "Zoom out", () => this.zoom(1 / 0.6));
    tool("Whole map", "Show the whole map", () => this.whole(!this.view && !this.isAll));
    this.setMode(this.mode);
  }

  setMode(mode) {
    this.mode = mode;
    for (const button of this.tools.querySelectorAll("[data-mode]")) {
      button.setAttribute("aria-pressed", String(button.dataset.mode === mode));
    }
    if (this.isDrawn) window.Plotly.relayout(this.plot, { dragmode: mode });
  }

  update(data, trigger, state) {
    this.data = data;
    this.trigger = trigger;
    this.state = state;
    this.ticked = new Set(data.ticked);
    this.polygon = data.polygon;
    this.plot.setAttribute("aria-label", data.summary);
    this.list.update(this.data, this.ticked);
    drawResults(this.results, data.results, trigger);
    this.draw();
  }

  get store() {
    return (window.dxMapPoints ??= { points: null, waiting: new Set() });
  }

  async draw() {
    this.store.waiting.add(this.waiting);
    let plotly;
    try {
      plotly = await loadPlotly(this.data.plotly);
    } catch {
      this.note.textContent = "The map could not be loaded from this app. Reload the page; the list of subjects works without it.";
      return;
    }
    const points = this.store.points;
    if (!points || points.digest !== this.data.points || !this.stage.isConnected) return;
    const isNew = this.points !== points;
    this.points = points;
    this.within = this.data.within ? bits(this.data.within, points.n) : null;
    this.lit = new Set(this.data.lit.map((one) => one.id));
    await plotly.react(this.plot, this.traces(isNew), this.layout(isNew), {
      displayModeBar: false, scrollZoom: true, doubleClick: false, responsive: false, showTips: false,
    });
    this.note.hidden = true;
    if (!this.isDrawn) this.listen();
    this.isDrawn = true;
    this.drawLabels();
  }

  traces(isNew) {
    this.gl ??= hasWebGL();
    const { n, x, y } = this.points;
    const style = this.style();
    if (isNew || !this.hover) this.hover = { x: Array.from(x), y: Array.from(y) };
    return [{
      type: this.gl ? "scattergl" : "scatter", mode: "markers", hoverinfo: "none", x: this.hover.x, y: this.hover.y,
      marker: { color: style.colour, opacity: style.opacity, size: style.size, line: { width: 0 } },
      selected: {}, unselected: {}, selectedpoints: null, uid: `points-${n}`,
    }, {
      // What was found lies above all else, and also where so many points are there that not all are drawn.
      type: this.gl ? "scattergl" : "scatter", mode: "markers", hoverinfo: "none", uid: "lit",
      x: this.data.lit.map((one) => one.x), y: this.data.lit.map((one) => one.y),
      marker: { color: this.data.lit.map((one) => one.colour), opacity: 1, size: this.size() * 1.8, line: { width: 0 } },
      selected: {}, unselected: {}, selectedpoints: null,
    }];
  }

  size() {
    const { n } = this.points;
    return n > 8000 ? 4 : n > 1500 ? 5 : n > 200 ? 7 : 11;
  }

  // The row of a point that was clicked or is pointed at, -1 where it is lit and not among those that are drawn.
  rowOf(point) {
    return point.curveNumber ? this.points.ids.indexOf(this.data.lit[point.pointIndex].id) : point.pointIndex;
  }

  // A point is plain; faint when something else is chosen, found or inside the scope; large when it was found.
  style() {
    const { n, x, y, ids, documents } = this.points;
    const { scale } = this.data;
    const group = this.groups();
    const colours = new Map(this.data.groups.map((entry) => [entry.id, entry.colour]));
    const size = this.size();
    const result = { colour: new Array(n), opacity: new Array(n), size: new Array(n) };
    const isChosen = this.ticked.size || this.polygon;
    for (let i = 0; i < n; i += 1) {
      const found = this.lit.has(ids[i]);
      let shown = !this.within || Boolean(this.within[i]);
      if (isChosen) shown = shown && (this.polygon ? inside(x[i], y[i], this.polygon) : this.ticked.has(group[i]));
      else if (this.lit.size) shown = found;
      result.colour[i] = scale ? scale.colours[scale.shades[documents[i]]] || this.data.grey : colours.get(group[i]) || this.data.grey;
      result.opacity[i] = shown || found ? (found ? 1 : 0.8) : FAINT;
      result.size[i] = found ? size * 1.8 : size;
    }
    return result;
  }

  // The points as they are drawn.
  marks() {
    const { n, x, y } = this.points;
    const { colour, opacity, size } = this.style();
    const drawn = Array.from({ length: n }, (_, i) => ({ x: x[i], y: y[i], colour: colour[i], opacity: opacity[i], size: size[i] }));
    return [...drawn, ...this.data.lit.map((one) => ({ ...one, opacity: 1, size: this.size() * 1.8 }))];
  }

  save(ending, name) {
    if (this.isDrawn) savePicture(this, ending, name);
  }

  // The group of each point.
  groups() {
    const { clusters, documents } = this.points;
    const { by, of } = this.data;
    if (!of) return by === "clusters" ? clusters : documents;
    return documents.map((document) => (document < 0 ? -1 : of[document]));
  }

  layout(isNew) {
    const axis = { visible: false, fixedrange: false, zeroline: false, showgrid: false };
    if (isNew) this.view = this.data.view;
    const [x0, x1, y0, y1] = this.view || this.bounds(this.isAll);
    const outline = this.polygon && `M${this.polygon.map(([x, y]) => `${x},${y}`).join("L")}Z`;
    return {
      autosize: true, margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, hovermode: "closest", hoverdistance: 12,
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", dragmode: this.mode,
      xaxis: { ...axis, range: [x0, x1] }, yaxis: { ...axis, range: [y0, y1] },
      newselection: { line: { color: "#8a8f98", width: 2, dash: "dot" } }, selections: [],
      shapes: outline ? [{ type: "path", path: outline, line: { color: "#8a8f98", width: 2, dash: "dot" } }] : [],
    };
  }

  // The whole map: all of its points but the few that lie so far off that the others would be squeezed for them
  // ("Whole map" twice shows those too). It fills the stage, stretched by 1.6 at most: only what is near counts.
  bounds(isAll = false) {
    const { x, y, n } = this.points;
    if (!n) return [-1, 1, -1, 1];
    const span = (values) => {
      const sorted = Float32Array.from(values).sort();
      const at = (share) => sorted[Math.round(share * (n - 1))];
      const room = isAll ? Infinity : 0.6 * (at(0.95) - at(0.05)) || Infinity;
      return [Math.max(at(0), at(0.05) - room), Math.min(at(1), at(0.95) + room)];
    };
    const [[x0, x1], [y0, y1]] = [span(x), span(y)];
    return this.framed([x0, x1, y0, y1], Math.max(x1 - x0, y1 - y0, 1e-3) / 50);
  }

  // A part of the map with some room around it, no smaller than `least`, in the shape of the stage.
  framed([x0, x1, y0, y1], least) {
    const [width, height] = [this.stage.clientWidth || 1, this.stage.clientHeight || 1];
    let [w, h] = [Math.max(x1 - x0, least) * 1.1, Math.max(y1 - y0, least) * 1.14];
    const stretch = w / width / (h / height);
    if (stretch > 1.6) h *= stretch / 1.6;
    if (stretch < 1 / 1.6) w /= stretch * 1.6;
    const [cx, cy] = [(x0 + x1) / 2, (y0 + y1) / 2];
    return [cx - w / 2, cx + w / 2, cy - h / 2, cy + h / 2];
  }

  listen() {
    this.plot.on("plotly_hover", (event) => this.showTip(event));
    this.plot.on("plotly_unhover", () => { this.tip.hidden = true; });
    this.plot.on("plotly_click", (event) => {
      const point = event.points[0];
      if (point) this.trigger("open", { chunk: point.curveNumber ? this.data.lit[point.pointIndex].id : this.points.ids[point.pointIndex] });
    });
    this.plot.on("plotly_selected", (event) => this.caught(event));
    this.plot.on("plotly_relayouting", () => this.placeLabels());
    this.plot.on("plotly_relayout", (change) => this.moved(change));
  }

  caught(event) {
    let polygon = null;
    if (event?.lassoPoints) {
      polygon = event.lassoPoints.x.map((x, i) => [x, event.lassoPoints.y[i]]);
    } else if (event?.range) {
      const { x: [x0, x1], y: [y0, y1] } = event.range;
      polygon = [[x0, y0], [x1, y0], [x1, y1], [x0, y1]];
    }
    if (!polygon || polygon.length < 3) {
      if (this.polygon) this.draw();
      return;
    }
    this.ticked = new Set();
    this.polygon = thinned(polygon, 300);
    this.trigger("chosen", { polygon: this.polygon });
    this.list.update(this.data, this.ticked);
    this.draw();
  }

  clear() {
    if (!this.polygon && !this.ticked.size) return;
    this.polygon = null;
    this.ticked = new Set();
    this.trigger("chosen", { groups: [] });
    this.list.update(this.data, this.ticked);
    this.draw();
  }

  tick(ids) {
    this.polygon = null;
    this.ticked = ids;
    this.trigger("chosen", { groups: [...this.ticked] });
    this.draw();
  }

  ranges() {
    const { xaxis, yaxis } = this.plot._fullLayout;
    return [...xaxis.range, ...yaxis.range].map(Number);
  }

  zoom(factor) {
    if (!this.isDrawn) return;
    const [x0, x1, y0, y1] = this.ranges();
    const [cx, cy, w, h] = [(x0 + x1) / 2, (y0 + y1) / 2, ((x1 - x0) * factor) / 2, ((y1 - y0) * factor) / 2];
    this.look([cx - w, cx + w, cy - h, cy + h]);
  }

  // Shows the whole map, or with `isAll` what lies far off it too.
  whole(isAll) {
    if (!this.isDrawn) return;
    this.isAll = isAll;
    this.isWhole = true;
    this.look(this.bounds(isAll));
  }

  // Shows what lies within these bounds; points that all but coincide, with something of what is around them.
  lookAt(bounds) {
    if (!this.isDrawn) return;
    const [x0, x1] = this.bounds();
    this.look(this.framed(bounds, (x1 - x0) / 100));
  }

  look([x0, x1, y0, y1]) {
    window.Plotly.relayout(this.plot, { "xaxis.range": [x0, x1], "yaxis.range": [y0, y1] });
  }

  moved(change) {
    this.placeLabels();
    if (!Object.keys(change).some((name) => name.startsWith("xaxis") || name.startsWith("yaxis"))) return;
    const view = this.isWhole ? null : this.ranges();
    this.isWhole = false;
    if (view === null && !this.view) return;
    this.view = view;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.state("view", this.view), 700);
  }

  showTip(event) {
    const point = event.points[0];
    if (!point) return;
    const i = this.rowOf(point);
    if (i < 0) return;
    const { names, documents, pages, texts } = this.points;
    const name = documents[i] < 0 ? "This document was changed since the map was drawn" : names[documents[i]];
    const place = pages[i] > 0 ? ` · page ${pages[i].toLocaleString(navigator.language)}` : "";
    this.tip.replaceChildren(make("b", "", name + place), make("p", "", texts[i]));
    this.tip.hidden = false;
    const box = this.stage.getBoundingClientRect();
    const { xaxis, yaxis } = this.plot._fullLayout;
    const [px, py] = [xaxis.l2p(point.x), yaxis.l2p(point.y)];
    const left = px + 14 + this.tip.offsetWidth > box.width ? px - 14 - this.tip.offsetWidth : px + 14;
    const top = Math.min(Math.max(4, py + 10), box.height - this.tip.offsetHeight - 4);
    this.tip.style.left = `${Math.max(4, left)}px`;
    this.tip.style.top = `${top}px`;
  }

  drawLabels() {
    const known = JSON.stringify([this.data.labels, this.data.finer, this.data.pin]);
    if (known !== this.labelled) {
      this.labelled = known;
      const labelled = (groups) => groups.filter((group) => group.at).map((group) => {
        const swatch = group.colour ? make("i") : null;
        if (swatch) swatch.style.background = group.colour;
        const element = make("div", "dx-map-label", swatch, make("span", "", group.name));
        return { element, at: group.at };
      });
      this.levels = [labelled(this.data.labels), labelled(this.data.finer)];
      this.over.replaceChildren(...this.levels.flat().map((label) => label.element));
      this.pin = null;
      if (this.data.pin) {
        this.pin = make("div", "dx-map-pin", make("i"), make("span", "", this.data.pin.text));
        this.over.append(this.pin);
      }
    }
    this.placeLabels();
  }

  // Largest group first. A label goes where it covers the fewest points, near its group; where there is no room
  // beside the labels already placed, it waits until the map is zoomed in.
  placeLabels() {
    const full = this.plot._fullLayout;
    if (!this.levels || !full?.xaxis) return;
    const [x0, x1] = this.bounds();
    const [left, right] = full.xaxis.range.map(Number);
    const isNear = this.levels[1].length > 0 && right - left < NEAR * (x1 - x0);
    for (const { element } of this.levels[isNear ? 0 : 1]) element.hidden = true;
    this.over.classList.toggle("dx-near", isNear);
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const covered = this.crowd(full, width, height);
    const taken = [];
    if (this.pin) {
      const [x, y] = [full.xaxis.l2p(this.data.pin.x), full.yaxis.l2p(this.data.pin.y)];
      this.pin.style.left = `${x}px`;
      this.pin.style.top = `${y}px`;
      this.pin.classList.toggle("dx-left", x > width * 0.6);
      const w = this.pin.lastChild.offsetWidth + 24;
      taken.push(x > width * 0.6 ? [x - w, y - 16, x + 14, y + 16] : [x - 14, y - 16, x + w, y + 16]);
    }
    for (const { element, at } of this.levels[isNear ? 1 : 0]) {
      element.hidden = false;
      const [x, y] = [full.xaxis.l2p(at[0]), full.yaxis.l2p(at[1])];
      const [w, h] = [element.offsetWidth / 2 + 3, element.offsetHeight / 2 + 1];
      let best = null;
      if (x >= 0 && x <= width && y >= 0 && y <= height) {
        for (const [dx, dy] of AROUND) {
          const cx = Math.min(Math.max(x + dx * w, w), width - w);
          const cy = Math.min(Math.max(y + dy * 2 * h, h), height - h);
          const box = [cx - w, cy - h, cx + w, cy + h];
          if (taken.some((t) => box[0] < t[2] && box[2] > t[0] && box[1] < t[3] && box[3] > t[1])) continue;
          const cost = covered(box) + FAR * (Math.abs(dx) + Math.abs(dy));
          if (!best || cost < best.cost) best = { cost, cx, cy, box };
        }
      }
      element.hidden = !best;
      if (!best) continue;
      taken.push(best.box);
      element.style.left = `${best.cx}px`;
      element.style.top = `${best.cy}px`;
    }
  }

  // How many of the drawn points lie in a box of the stage: counted in cells, once for all labels.
  crowd(full, width, height) {
    const [columns, rows] = [Math.ceil(width / CELL) + 1, Math.ceil(height / CELL) + 1];
    const cells = new Uint16Array(columns * rows);
    const { x, y, n } = this.points;
    for (let i = 0; i < n; i += 1) {
      const [column, row] = [Math.floor(full.xaxis.l2p(x[i]) / CELL), Math.floor(full.yaxis.l2p(y[i]) / CELL)];
      if (column >= 0 && row >= 0 && column < columns && row < rows) cells[row * columns + column] += 1;
    }
    return ([left, top, right, bottom]) => {
      let count = 0;
      for (let row = Math.floor(top / CELL); row <= bottom / CELL; row += 1) {
        for (let column = Math.floor(left / CELL); column <= right / CELL; column += 1) {
          if (column >= 0 && row >= 0 && column < columns && row < rows) count += cells[row * columns + column];
        }
      }
      return count;
    };
  }

  close() {
    this.store.waiting.delete(this.waiting);
    this.resize.disconnect();
    clearTimeout(this.timer);
    if (this.isDrawn) window.Plotly.purge(this.plot);
  }
}

export default function ({ data, parentElement, setTriggerValue, setStateValue }) {
  const root = rootOf(parentElement, "dx-map");
  root.dxMap ??= new MapView(root);
  root.dxMap.update(data, setTriggerValue, setStateValue);
  return () => root.dxMap.close();
}
