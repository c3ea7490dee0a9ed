// The map as a picture of its own: what stands on the page, with its names, beside the list of what its colours
// mean. Plotly's own export would have the points alone, for it is given no words. First everything becomes shapes
// on a sheet; then these are drawn as a PNG or written as an SVG. Text is only ever set as text.
const SIDE = 280; // pixels for the list
const SHARP = 2; // pixels of a PNG for one of the page
const ROOM = 14;
const ROW = 20;
const MOST = 40; // entries of the list, for which the picture grows longer than the map

class Sheet {
  constructor(view) {
    const style = getComputedStyle(view.stage);
    this.ink = style.color;
    this.ground = style.getPropertyValue("--st-background-color").trim() || "#ffffff";
    this.font = style.fontFamily;
    this.map = { width: view.stage.clientWidth, height: view.stage.clientHeight };
    this.height = Math.max(this.map.height, 100 + ROW * Math.min(view.list.shown().length, MOST));
    this.width = this.map.width + SIDE;
    this.pen = document.createElement("canvas").getContext("2d");
    this.shapes = [{ kind: "box", x: 0, y: 0, width: this.width, height: this.height, fill: this.ground }];
    this.points(view);
    this.outline(view);
    this.names(view);
    this.legend(view.data, view.list.shown());
  }

  isOn(x, y) {
    return x >= 0 && y >= 0 && x <= this.map.width && y <= this.map.height;
  }

  // What stands back first, so that it covers nothing.
  points(view) {
    const { xaxis, yaxis } = view.plot._fullLayout;
    const circles = view.marks().map(({ x, y, size, colour, opacity }) => (
      { kind: "circle", x: xaxis.l2p(x), y: yaxis.l2p(y), radius: size / 2, fill: colour, opacity }));
    circles.sort((one, other) => one.opacity - other.opacity);
    this.shapes.push(...circles.filter((one) => this.isOn(one.x, one.y)));
  }

  outline(view) {
    const { xaxis, yaxis } = view.plot._fullLayout;
    const points = (view.polygon || []).map(([x, y]) => [xaxis.l2p(x), yaxis.l2p(y)]);
    if (points.length) this.shapes.push({ kind: "line", points, stroke: "#8a8f98" });
  }

  names(view) {
    for (const label of view.over.querySelectorAll(".dx-map-label:not([hidden])")) {
      const [x, y, width] = [parseFloat(label.style.left), parseFloat(label.style.top), label.offsetWidth];
      const swatch = label.querySelector("i");
      let left = x - width / 2 + 3;
      if (swatch) {
        this.shapes.push({ kind: "circle", x: left + 4, y, radius: 4, fill: swatch.style.background, opacity: 1 });
        left += 13;
      }
      this.text(left, y, label.textContent, { bold: true, halo: true });
    }
    if (!view.pin) return;
    const [x, y] = [parseFloat(view.pin.style.left), parseFloat(view.pin.style.top)];
    this.shapes.push({ kind: "circle", x, y, radius: 9, stroke: this.ink, fill: "none", opacity: 1 });
    const text = view.pin.textContent;
    const isLeft = view.pin.classList.contains("dx-left");
    this.text(isLeft ? x - 14 - this.measure(text, 13, true) : x + 14, y, text, { bold: true, halo: true });
  }

  // As many entries as there is room for, finer subjects without a colour of their own; how many more is said.
  legend(data, entries) {
    const left = this.map.width + ROOM;
    const right = this.width - ROOM;
    let y = ROOM + 6;
    this.text(left, y, data.title, { bold: true, size: 15 });
    y += 26;
    if (data.scale) {
      const { colours, first, last } = data.scale;
      const step = (right - left) / colours.length;
      colours.forEach((fill, i) => this.shapes.push({ kind: "box", x: left + i * step, y: y - 8, width: step + 0.5, height: 10, fill }));
      this.text(left, y + 14, first, { size: 12 });
      this.text(right - this.measure(last, 12, false), y + 14, last, { size: 12 });
      y += 38;
    }
    const most = Math.floor((this.height - y) / ROW) - 1;
    for (const group of entries.slice(0, most)) {
      const size = this.measure(group.note, 12, false);
      const indent = group.colour ? 18 : 34;
      if (group.colour) this.shapes.push({ kind: "circle", x: left + 6, y, radius: 5, fill: group.colour, opacity: 1 });
      this.text(left + indent, y, this.cut(group.name, right - left - indent - size - 10), {});
      this.text(right - size, y, group.note, { size: 12 });
      y += ROW;
    }
    if (entries.length > most) this.text(left, y, `and ${(entries.length - most).toLocaleString(navigator.language)} more`, { size: 12 });
  }

  text(x, y, text, { bold = false, halo = false, size = 13 }) {
    this.shapes.push({ kind: "text", x, y, text, bold, halo, size });
  }

  typeface(size, bold) {
    return `${bold ? "600 " : ""}${size}px ${this.font}`;
  }

  measure(text, size, bold) {
    this.pen.font = this.typeface(size, bold);
    return this.pen.measureText(text).width;
  }

  cut(text, width) {
    let letters = [...text];
    if (this.measure(text, 13, false) <= width) return text;
    while (letters.length > 1 && this.measure(`${letters.join("")}…`, 13, false) > width) letters = letters.slice(0, -1);
    return `${letters.join("").trimEnd()}…`;
  }

  // ---- as a PNG

  png() {
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(this.width * SHARP), Math.round(this.height * SHARP)];
    const pen = canvas.getContext("2d");
    pen.scale(SHARP, SHARP);
    for (const shape of this.shapes) this.paint(pen, shape);
    return new Promise((done) => canvas.toBlob(done, "image/png"));
  }

  paint(pen, shape) {
    pen.globalAlpha = shape.opacity ?? 1;
    pen.beginPath();
    if (shape.kind === "box") {
      pen.fillStyle = shape.fill;
      pen.fillRect(shape.x, shape.y, shape.width, shape.height);
    } else if (shape.kind === "circle") {
      pen.arc(shape.x, shape.y, shape.radius, 0, 2 * Math.PI);
      pen.lineWidth = 3;
      pen.fillStyle = shape.fill;
      pen.strokeStyle = shape.stroke || "";
      if (shape.stroke) pen.stroke();
      else pen.fill();
    } else if (shape.kind === "line") {
      shape.points.forEach(([x, y]) => pen.lineTo(x, y));
      pen.closePath();
      pen.lineWidth = 2;
      pen.strokeStyle = shape.stroke;
      pen.stroke();
    } else {
      pen.font = this.typeface(shape.size, shape.bold);
      pen.textBaseline = "middle";
      pen.lineJoin = "round";
      pen.lineWidth = 4;
      pen.strokeStyle = this.ground;
      if (shape.halo) pen.strokeText(shape.text, shape.x, shape.y);
      pen.fillStyle = this.ink;
      pen.fillText(shape.text, shape.x, shape.y);
    }
  }

  // ---- as an SVG

  svg() {
    const root = this.element("svg", { width: this.width, height: this.height, viewBox: `0 0 ${this.width} ${this.height}`, "font-family": this.font });
    for (const shape of this.shapes) root.append(this.written(shape));
    return new Blob([new XMLSerializer().serializeToString(root)], { type: "image/svg+xml" });
  }

  element(name, attributes, text = "") {
    const element = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) {
      element.setAttribute(key, typeof value === "number" ? String(Math.round(value * 100) / 100) : value);
    }
    element.textContent = text;
    return element;
  }

  written(shape) {
    const { x, y } = shape;
    if (shape.kind === "box") return this.element("rect", { x, y, width: shape.width, height: shape.height, fill: shape.fill });
    if (shape.kind === "circle") {
      const ring = shape.stroke ? { stroke: shape.stroke, "stroke-width": 3 } : {};
      return this.element("circle", { cx: x, cy: y, r: shape.radius, fill: shape.fill, "fill-opacity": shape.opacity, ...ring });
    }
    if (shape.kind === "line") {
      const points = shape.points.map(([a, b]) => `${a.toFixed(1)},${b.toFixed(1)}`).join(" ");
      return this.element("polygon", { points, fill: "none", stroke: shape.stroke, "stroke-width": 2 });
    }
    const halo = shape.halo ? { stroke: this.ground, "stroke-width": 4, "stroke-linejoin": "round", "paint-order": "stroke" } : {};
    const weight = shape.bold ? { "font-weight": 600 } : {};
    // As wide as here, whatever font stands in for ours where it is opened.
    const fit = { textLength: Math.max(this.measure(shape.text, shape.size, shape.bold), 1), lengthAdjust: "spacingAndGlyphs" };
    return this.element("text", { x, y, fill: this.ink, "font-size": shape.size, "dominant-baseline": "central", ...fit, ...weight, ...halo }, shape.text);
  }
}

// Saves what a map shows as a file of this name.
async function savePicture(view, ending, name) {
  const sheet = new Sheet(view);
  const file = ending === "svg" ? sheet.svg() : await sheet.png();
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
