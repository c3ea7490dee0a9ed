// Draws words as points with their names. It gets:
//   plotly: address of plotly.js      summary: one sentence for people who do not see the picture
//   words: [{word, x, y, colour, chosen}]
// Names are elements of our own over the picture, set as text. Plotly is given numbers and colours, no words.

class WordsPicture {
  constructor(root) {
    this.plot = make("div", "dx-words-plot");
    this.plot.setAttribute("role", "img");
    this.over = make("div", "dx-words-over");
    this.note = make("div", "dx-words-note", "Loading the picture…");
    this.note.setAttribute("role", "status");
    this.stage = make("div", "dx-words-stage", this.plot, this.over, this.note);
    root.append(this.stage);
    this.resize = new ResizeObserver(() => {
      if (this.isDrawn) window.Plotly.Plots.resize(this.plot).then(() => this.place());
    });
    this.resize.observe(this.stage);
  }

  async update(data, trigger) {
    this.trigger = trigger;
    const known = JSON.stringify(data);
    if (known === this.known) return;
    this.known = known;
    this.words = data.words;
    this.plot.setAttribute("aria-label", data.summary);
    let plotly;
    try {
      plotly = await loadPlotly(data.plotly);
    } catch {
      this.note.textContent = "The picture could not be loaded from this app. Reload the page.";
      return;
    }
    if (known !== this.known || !this.stage.isConnected) return;
    const axis = { visible: false, zeroline: false, showgrid: false };
    const [x0, x1, y0, y1] = this.bounds();
    await plotly.react(this.plot, [{
      type: "scatter", mode: "markers", hoverinfo: "none",
      x: this.words.map((one) => one.x), y: this.words.map((one) => one.y),
      marker: { color: this.words.map((one) => one.colour), size: this.words.map((one) => (one.chosen ? 13 : 8)), line: { width: 0 } },
    }], {
      autosize: true, margin: { l: 0, r: 0, t: 0, b: 0 }, showlegend: false, hovermode: false, dragmode: "pan",
      paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { ...axis, range: [x0, x1] }, yaxis: { ...axis, range: [y0, y1] },
    }, { displayModeBar: false, scrollZoom: true, doubleClick: "reset", responsive: false, showTips: false });
    this.note.hidden = true;
    if (!this.isDrawn) {
      this.plot.on("plotly_relayouting", () => this.place());
      this.plot.on("plotly_relayout", () => this.place());
    }
    this.isDrawn = true;
    this.names = this.words.map((one) => {
      const name = make("button", one.chosen ? "dx-words-name dx-words-chosen" : "dx-words-name", one.word);
      name.type = "button";
      name.addEventListener("click", () => this.trigger("word", one.word));
      return name;
    });
    this.over.replaceChildren(...this.names);
    this.place();
  }

  bounds() {
    const range = (values) => {
      const [low, high] = [Math.min(...values), Math.max(...values)];
      const pad = Math.max(high - low, 1e-3) * 0.1;
      return [low - pad, high + pad];
    };
    return [...range(this.words.map((one) => one.x)), ...range(this.words.map((one) => one.y))];
  }

  // Chosen words first. A name stands right of its point, else left, above or below; where there is no room it
  // waits until the picture is zoomed in.
  place() {
    const full = this.plot._fullLayout;
    if (!this.names || !full?.xaxis) return;
    const [width, height] = [this.stage.clientWidth, this.stage.clientHeight];
    const taken = [];
    const order = this.words.map((_, i) => i).sort((a, b) => Number(this.words[b].chosen) - Number(this.words[a].chosen));
    for (const i of order) {
      const name = this.names[i];
      name.hidden = false;
      const [x, y] = [full.xaxis.l2p(this.words[i].x), full.yaxis.l2p(this.words[i].y)];
      const [w, h] = [name.offsetWidth, name.offsetHeight];
      const spots = [[x + 9, y - h / 2], [x - 9 - w, y - h / 2], [x - w / 2, y - h - 6], [x - w / 2, y + 6]];
      const spot = spots.find(([left, top]) => left >= 0 && top >= 0 && left + w <= width && top + h <= height
        && !taken.some((t) => left < t[2] && left + w > t[0] && top < t[3] && top + h > t[1]));
      name.hidden = spot === undefined;
      if (spot === undefined) continue;
      taken.push([spot[0], spot[1], spot[0] + w, spot[1] + h]);
      name.style.left = `${spot[0]}px`;
      name.style.top = `${spot[1]}px`;
    }
  }

  close() {
    this.resize.disconnect();
    if (this.isDrawn) window.Plotly.purge(this.plot);
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-words");
  root.dxWords ??= new WordsPicture(root);
  root.dxWords.update(data, setTriggerValue);
  return () => root.dxWords.close();
}
