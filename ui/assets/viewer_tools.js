// The tools around a page in the viewer: its size, the divider, the find bar, the table of contents.

const SIZES = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2, 2.5, 3, 4, 5]; // 1 is the width of the viewer
const SHARE = { key: "dx-viewer-share", least: 30, most: 78, step: 3 }; // hundredths of the page's width
const FIND_PAUSE = 300; // milliseconds after the last letter
const SHARPEN_PAUSE = 250;
const MOST_PIXELS = 4000; // the engine draws no wider

const SIGNS = {
  find: "M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zm4.8 11.3L20 20",
  contents: "M4 6h16M4 12h16M4 18h10",
  window: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  up: "M6 15l6-6 6 6",
  down: "M6 9l6 6 6-6",
  left: "M15 6l-6 6 6 6",
  right: "M9 6l6 6-6 6",
  close: "M6 6l12 12M18 6L6 18",
  smaller: "M5 12h14",
  larger: "M5 12h14M12 5v14",
};

function sign(name) {
  const space = "http://www.w3.org/2000/svg";
  const drawing = document.createElementNS(space, "svg");
  drawing.setAttribute("viewBox", "0 0 24 24");
  drawing.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", SIGNS[name]);
  drawing.append(path);
  return drawing;
}

function toolButton(name, label, run) {
  const button = make("button", "dx-viewer-button", sign(name));
  button.type = "button";
  button.title = label;
  button.setAttribute("aria-label", label);
  button.addEventListener("click", run);
  return button;
}

// How large a page is shown. What stands in the middle of the view, or under the pointer, stays where it is.
class PageSize {
  constructor(viewer) {
    this.viewer = viewer;
    this.share = 1;
    this.said = make("button", "dx-viewer-button dx-viewer-size", "100 %");
    this.said.type = "button";
    this.said.title = "Fit the width (0)";
    this.said.addEventListener("click", () => this.set(1));
    this.smaller = toolButton("smaller", "Smaller (−)", () => this.step(-1));
    this.larger = toolButton("larger", "Larger (+)", () => this.step(1));
    this.element = make("span", "dx-viewer-sizes", this.smaller, this.said, this.larger);
    this.element.setAttribute("role", "group");
    this.element.setAttribute("aria-label", "Size of the page");
    const { body } = viewer;
    body.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      this.set(this.share * Math.exp(-event.deltaY / 400), event);
    }, { passive: false });
    new ResizeObserver(() => this.sharpen()).observe(body);
    this.show();
  }

  step(direction) {
    const next = direction > 0 ? SIZES.find((size) => size > this.share * 1.01) : SIZES.findLast((size) => size < this.share * 0.99);
    if (next) this.set(next);
  }

  set(share, pointer) {
    const { body } = this.viewer;
    const box = body.getBoundingClientRect();
    const x = pointer ? pointer.clientX - box.left : body.clientWidth / 2;
    const y = pointer ? pointer.clientY - box.top : body.clientHeight / 2;
    const before = this.share;
    this.share = Math.min(Math.max(share, SIZES[0]), SIZES.at(-1));
    const [left, top] = [body.scrollLeft + x, body.scrollTop + y];
    this.show();
    body.scrollLeft = (left * this.share) / before - x;
    body.scrollTop = (top * this.share) / before - y;
    this.sharpen();
  }

  show() {
    this.viewer.root.style.setProperty("--dx-size", this.share);
    this.said.textContent = `${Math.round(this.share * 100)} %`;
    this.said.setAttribute("aria-label", `${Math.round(this.share * 100)} percent of the width. Fit the width`);
    this.smaller.disabled = this.share <= SIZES[0];
    this.larger.disabled = this.share >= SIZES.at(-1);
  }

  // The pixels that the page has on the screen, 0 where it is a text.
  pixels() {
    const sheet = this.viewer.body.querySelector(".dx-sheet");
    return sheet ? Math.min(Math.round(sheet.clientWidth * devicePixelRatio), MOST_PIXELS) : 0;
  }

  // Has the page drawn anew when its image has fewer pixels than its place on the screen.
  sharpen() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const wanted = this.pixels();
      const has = Math.max(this.viewer.data.width || 0, this.asked || 0);
      if (!this.viewer.data.open || !has || wanted <= has * 1.05) return;
      this.asked = wanted;
      this.viewer.trigger("sharpen", { width: wanted });
    }, SHARPEN_PAUSE);
  }
}

// The line between page and viewer: dragged, or moved with the arrow keys.
function dividerOf(viewer) {
  const divider = make("div", "dx-divider");
  divider.tabIndex = 0;
  divider.title = "Drag to make the viewer wider";
  divider.setAttribute("role", "separator");
  divider.setAttribute("aria-orientation", "vertical");
  divider.setAttribute("aria-label", "Width of the viewer");
  divider.setAttribute("aria-valuemin", String(SHARE.least));
  divider.setAttribute("aria-valuemax", String(SHARE.most));
  const style = document.documentElement.style;
  const set = (share) => {
    const whole = share === null ? null : Math.round(Math.min(Math.max(share, SHARE.least), SHARE.most));
    if (whole === null) style.removeProperty("--dx-share");
    else style.setProperty("--dx-share", String(whole));
    divider.setAttribute("aria-valuenow", String(whole ?? now()));
    try {
      if (whole === null) localStorage.removeItem(SHARE.key);
      else localStorage.setItem(SHARE.key, String(whole));
    } catch { /* a browser that keeps nothing: the width holds until the page is left */ }
  };
  const row = () => viewer.root.closest('[data-testid="stHorizontalBlock"]')?.getBoundingClientRect();
  const now = () => {
    const around = row();
    return around ? Math.round((100 * viewer.root.getBoundingClientRect().width) / around.width) : SHARE.least;
  };
  divider.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    divider.setPointerCapture(event.pointerId);
    divider.focus();
  });
  divider.addEventListener("pointermove", (event) => {
    const around = divider.hasPointerCapture(event.pointerId) && row();
    if (around) set((100 * (around.right - event.clientX)) / around.width);
  });
  divider.addEventListener("dblclick", () => set(null));
  divider.addEventListener("keydown", (event) => {
    const moves = { ArrowLeft: now() + SHARE.step, ArrowRight: now() - SHARE.step, Home: SHARE.most, End: SHARE.least };
    if (!(event.key in moves)) return;
    event.preventDefault();
    event.stopPropagation();
    set(moves[event.key]);
  });
  let kept = null;
  try { kept = Number(localStorage.getItem(SHARE.key)) || null; } catch { /* nothing is kept */ }
  if (kept) set(kept);
  else divider.setAttribute("aria-valuenow", String(SHARE.least));
  return divider;
}

// The bar that finds words inside the document. The server finds them; the page marks them.
class FindBar {
  constructor(viewer) {
    this.viewer = viewer;
    this.field = make("input", "dx-find-field");
    this.field.type = "search";
    this.field.placeholder = "Find in this document";
    this.field.setAttribute("aria-label", "Find in this document");
    this.field.maxLength = 200;
    this.said = make("span", "dx-find-said");
    this.said.setAttribute("role", "status");
    this.element = make("div", "dx-find", this.field, this.said,
      toolButton("up", "Previous match (Shift+Enter)", () => this.ask(-1)),
      toolButton("down", "Next match (Enter)", () => this.ask(1)),
      toolButton("close", "End the search (Esc)", () => this.close()));
    this.element.setAttribute("role", "search");
    this.element.hidden = true;
    this.field.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => this.ask(0), FIND_PAUSE);
    });
    this.element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target === this.field) this.ask(event.shiftKey ? -1 : 1);
      else if (event.key === "Escape") this.close();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  open() {
    this.element.hidden = false;
    this.field.focus();
    this.field.select();
  }

  close() {
    clearTimeout(this.timer);
    this.element.hidden = true;
    this.field.value = "";
    if (this.words) this.viewer.trigger("find", { words: "", number: 0 });
    this.viewer.body.focus({ preventScroll: true });
  }

  // Says which match is wanted, not how many further on: of two presses that come quickly one after the
  // other only the last reaches the server.
  ask(step) {
    clearTimeout(this.timer);
    const words = this.field.value.trim().replace(/\s+/g, " ");
    if (words !== this.words) {
      this.wanted = 0;
      this.viewer.trigger("find", { words, number: 0 });
    } else if (step && this.count) {
      const next = (this.wanted || this.number) + step;
      this.wanted = next < 1 ? this.count : next > this.count ? 1 : next;
      this.viewer.trigger("find", { words, number: this.wanted });
    }
  }

  show(find) {
    this.words = find ? find.words : "";
    this.count = find ? find.count : 0;
    this.number = find ? find.number : 0;
    if (this.number === this.wanted || !this.count) this.wanted = 0; // else a later press is on its way
    if (this.words && this.element.hidden) {
      this.element.hidden = false;
      this.field.value = this.words;
    }
    this.said.textContent = !this.words ? "" : !this.count ? "not found"
      : this.number ? `${format(this.number)} of ${format(this.count)}` : format(this.count);
  }
}

// The table of contents, over the page; it is asked for when it is opened.
class Contents {
  constructor(viewer) {
    this.viewer = viewer;
    this.element = make("nav", "dx-contents");
    this.element.setAttribute("aria-label", "Contents of the document");
    this.element.hidden = true;
    this.button = toolButton("contents", "Contents", () => this.element.hidden ? this.open() : this.close());
    this.button.setAttribute("aria-expanded", "false");
    this.element.addEventListener("keydown", (event) => {
      const rows = [...this.element.querySelectorAll("button")];
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (event.key === "Escape") this.close();
      else if (step) rows[rows.indexOf(document.activeElement) + step]?.focus();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
  }

  open() {
    this.element.replaceChildren(make("p", "dx-muted", "opening the contents…"));
    this.element.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    this.awaited = true;
    this.viewer.trigger("contents", true);
  }

  close(giveFocus = true) {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.awaited = false;
    this.button.setAttribute("aria-expanded", "false");
    if (giveFocus) this.button.focus({ preventScroll: true });
  }

  show(entries, language) {
    if (!entries || !this.awaited) return;
    this.awaited = false;
    const rows = entries.map((entry) => {
      const row = make("button", "dx-contents-row", spoken(make("span", "dx-contents-title", entry.title), language), make("span", "dx-muted", format(entry.page)));
      row.type = "button";
      row.style.paddingLeft = `${0.3 + 0.9 * (entry.level - 1)}rem`;
      row.setAttribute("aria-label", `${entry.title}, page ${entry.page}`);
      row.addEventListener("click", () => {
        this.close();
        this.viewer.went = null; // the same heading once more is gone to again
        this.viewer.wait();
        this.viewer.trigger("goto", { start: entry.start });
      });
      return row;
    });
    this.element.replaceChildren(...(rows.length ? rows : [make("p", "dx-muted", "This document has no headings.")]));
    rows[0]?.focus({ preventScroll: true });
  }
}
