const PATIENCE = 250; // milliseconds until a skeleton takes the place of what was shown

function format(number) {
  return Number(number).toLocaleString(navigator.language);
}

class Viewer {
  constructor(root) {
    this.root = root;
    this.data = { open: false };
    this.target = 0; // the page or part on its way, 0 if none
    this.shown = null; // address of what the body holds
    this.link = null; // where focus returns to
    this.draw();
    this.onKey = (event) => this.key(event);
    this.onOpen = (event) => this.expect(event.detail);
    document.addEventListener("keydown", this.onKey);
    window.addEventListener("dx-open", this.onOpen);
  }

  stop() {
    document.removeEventListener("keydown", this.onKey);
    window.removeEventListener("dx-open", this.onOpen);
    clearTimeout(this.timer);
  }

  draw() {
    this.root.setAttribute("role", "complementary");
    this.root.setAttribute("aria-label", "Passage viewer");
    this.title = make("div", "dx-viewer-title");
    this.position = make("span", "dx-viewer-position dx-unseen"); // for screen readers; the field shows the same
    this.position.setAttribute("aria-live", "polite");
    this.body = make("div", "dx-viewer-body");
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-label", "Page");
    this.size = new PageSize(this);
    this.find = new FindBar(this);
    this.contents = new Contents(this);
    this.root.append(
      dividerOf(this), this.head(), this.bar(), this.find.element,
      make("div", "dx-viewer-middle", this.contents.element, this.body),
    );
  }

  head() {
    this.hits = make("span", "dx-viewer-hits",
      toolButton("up", "Previous hit ([)", () => step(-1)), toolButton("down", "Next hit (])", () => step(1)));
    this.window = make("a", "dx-viewer-button", sign("window"));
    this.window.target = "_blank";
    this.window.rel = "noopener";
    this.window.title = "Open in a window of its own";
    this.window.setAttribute("aria-label", this.window.title);
    this.closer = toolButton("close", "Close (Esc)", () => this.close());
    return make("div", "dx-viewer-head", this.title, this.hits, this.window, this.closer);
  }

  bar() {
    this.before = toolButton("left", "Previous page (←)", () => this.turn(-1));
    this.after = toolButton("right", "Next page (→)", () => this.turn(1));
    this.field = make("input", "dx-viewer-number");
    this.field.inputMode = "numeric";
    this.field.autocomplete = "off";
    this.field.addEventListener("focus", () => this.field.select());
    this.field.addEventListener("blur", () => { this.field.value = format(this.target || this.data.number || 1); });
    this.field.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.jump(Number(this.field.value.replace(/\D/g, "")));
      else if (event.key !== "Escape") return;
      event.preventDefault();
      event.stopPropagation();
      this.body.focus({ preventScroll: true });
    });
    this.unit = make("span", "dx-viewer-unit");
    this.total = make("span", "dx-viewer-total");
    const finder = toolButton("find", "Find in this document (Ctrl+F)", () => this.find.open());
    return make("div", "dx-viewer-bar",
      make("span", "dx-viewer-pages", this.before, this.unit, this.field, this.total, this.after, this.position),
      this.size.element, make("span", "dx-viewer-tools", finder, this.contents.button));
  }

  show(data) {
    clearTimeout(this.timer);
    if (this.awaited && data.enlarged && data.at === this.shown) {
      this.enlarged(data.enlarged); // nothing else changed: the page stays as it is, with its place and focus
      return;
    }
    this.data = data;
    this.target = 0;
    // The column around the component is not ours to give colours to; as a sheet it needs the page's own.
    const page = getComputedStyle(this.root).getPropertyValue("--st-background-color");
    document.documentElement.style.setProperty("--dx-page", page);
    const isNew = data.open && !this.isShown;
    this.isShown = data.open;
    this.root.toggleAttribute("data-open", data.open);
    markCurrent(data.open ? data.passage : "");
    if (!data.open) {
      this.shown = null;
      this.body.replaceChildren();
      this.contents.close(false);
      return;
    }
    this.size.asked = 0;
    this.name(data);
    this.place(data.number);
    this.find.show(data.find);
    this.contents.show(data.contents, data.language);
    if (data.error) this.body.replaceChildren(make("p", "dx-viewer-error", data.error));
    else this.views(data);
    const now = this.body.querySelector(".dx-now");
    const went = now ? String((data.views || []).map((view) => view.now || "")) + data.at + data.find?.number : "";
    if (now && went !== this.went) this.scroll(now);
    else if (this.shown !== data.at) this.scroll(this.body.querySelector(".dx-box, mark"));
    this.went = went;
    this.shown = data.at;
    this.size.sharpen();
    if (isNew && this.isSheet() && !data.alone) this.enter();
  }

  name(data) {
    this.title.textContent = data.title;
    this.title.title = data.title;
    this.root.toggleAttribute("data-error", Boolean(data.error));
    this.root.toggleAttribute("data-alone", Boolean(data.alone));
    if (data.alone) {
      this.title.setAttribute("role", "heading");
      this.title.setAttribute("aria-level", "1");
      document.title = data.title;
    }
    this.window.hidden = !data.window;
    if (data.window) this.window.href = data.window;
    this.hits.hidden = document.querySelectorAll("a.dx-chip, a.dx-ref").length < 2;
  }

  // A page that is shown already keeps its element: its place, and what is selected in it, stay.
  views(data) {
    const olds = [...this.body.children];
    const isSame = this.shown === data.at && olds.length === data.views.length;
    const elements = data.views.map((view, index) => {
      const old = isSame ? olds[index] : null;
      const known = JSON.stringify(view.source ? [view.page, view.boxes, view.pictures] : view);
      if (old?.dxKnown === known) {
        if (view.source) refreshSheet(old.querySelector(".dx-sheet") || old, view);
        return old;
      }
      const fresh = this.view(view);
      fresh.dxKnown = known;
      return fresh;
    });
    if (!isSame || elements.some((element, index) => element !== olds[index])) this.body.replaceChildren(...elements);
  }

  // On a small screen the viewer covers the page, so the keyboard goes on inside it.
  isSheet() {
    return matchMedia("(max-width: 900px)").matches;
  }

  enter() {
    if (document.activeElement && document.activeElement !== document.body) this.link ??= document.activeElement;
    this.body.focus({ preventScroll: true });
  }

  place(number) {
    const { count, name, note } = this.data;
    const steps = count > 1;
    const noted = note && number === this.data.number ? ` · ${note}` : "";
    this.position.textContent = !count ? "" : steps ? `${name} ${format(number)} of ${format(count)}` : name;
    this.position.textContent += noted;
    this.unit.textContent = !count ? "" : name;
    this.total.textContent = (steps ? `of ${format(count)}` : "") + noted;
    this.field.value = count ? format(number) : "";
    this.field.style.width = `${Math.max(format(count || 1).length, 2)}ch`;
    this.field.setAttribute("aria-label", `Go to ${name}`);
    this.before.hidden = this.after.hidden = this.field.hidden = !steps;
    this.before.disabled = number <= 1;
    this.after.disabled = number >= count;
  }

  view(view) {
    if (!view.source) {
      const text = spoken(make("div", "dx-text dx-viewer-text"), this.data.language);
      for (const part of view.parts || [view]) {
        if (part.picture) text.append(this.picture(part.picture, false)); // its caption is in the text
        else build(part.nodes, text, null);
      }
      return view.note ? make("div", "", make("p", "dx-muted", view.note), text) : text;
    }
    const sheet = spoken(sheetOf(view, `Page ${view.page} of ${this.data.title}`), this.data.language);
    if (!view.pictures || !view.pictures.length) return sheet;
    const strip = make("div", "dx-pictures", ...view.pictures.map((each) => this.picture(each)));
    strip.setAttribute("role", "group");
    strip.setAttribute("aria-label", `Pictures on page ${view.page}`);
    return make("div", "dx-page", sheet, strip);
  }

  picture(tile, captioned = true) {
    const button = make("button", "dx-picture", thumbnail(tile));
    button.type = "button";
    button.title = tile.caption || "Open the picture";
    button.addEventListener("click", () => this.enlarge(tile));
    const caption = captioned && tile.caption ? make("figcaption", "", tile.caption) : null;
    return spoken(make("figure", "dx-figure", button, caption), this.data.language);
  }

  // The small picture is shown at once; the large one takes its place when the server sends it.
  enlarge(tile) {
    this.overlay?.remove();
    const dialog = make("dialog", "dx dx-enlarged");
    dialog.setAttribute("role", "dialog");
    dialog.setAttribute("aria-label", tile.caption || tile.alt);
    const closer = toolButton("close", "Close the picture (Esc)", () => dialog.close());
    const image = thumbnail(tile);
    const about = make("p", "dx-enlarged-about", tile.caption || tile.alt);
    dialog.append(closer, image, spoken(about, this.data.language));
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    dialog.addEventListener("close", () => dialog.remove());
    this.root.append(dialog);
    this.overlay = dialog;
    this.awaited = { number: tile.number, image, about };
    dialog.showModal();
    this.trigger("enlarge", { document: this.data.document, number: tile.number });
  }

  enlarged(tile) {
    if (!tile || !this.awaited || this.awaited.number !== tile.number) return;
    const { image, about } = this.awaited;
    image.src = tile.source;
    image.width = tile.width;
    image.height = tile.height;
    if (tile.note) about.append(make("span", "dx-muted", ` ${tile.note}`));
    this.awaited = null;
  }

  // Brings a mark into the upper half of the view; without one, the top of the page.
  scroll(mark) {
    if (!mark) {
      this.body.scrollTo(0, 0);
      return;
    }
    const [box, view] = [mark.getBoundingClientRect(), this.body.getBoundingClientRect()];
    this.body.scrollTop += box.top - view.top - this.body.clientHeight * 0.25;
    if (box.left < view.left || box.right > view.right) this.body.scrollLeft += box.left - view.left - this.body.clientWidth * 0.25;
  }

  // A passage was asked for somewhere on the page: answer now, the server follows.
  expect({ passage, link }) {
    this.link = link;
    if (this.data.open && this.root.hasAttribute("data-open") && this.shown === link.getAttribute("href")) {
      this.scroll(this.body.querySelector(".dx-box, mark"));
      return;
    }
    this.root.toggleAttribute("data-open", true);
    this.root.toggleAttribute("data-error", false);
    this.title.textContent = passage.title || this.title.textContent;
    this.position.textContent = passage.page ? `page ${format(passage.page)}` : "";
    if (this.isSheet()) this.enter();
    this.wait();
  }

  wait() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      const sheet = this.body.querySelector(".dx-sheet");
      const blank = make("div", "dx-skeleton", make("span", "", "opening the page…"));
      blank.style.aspectRatio = sheet ? sheet.style.aspectRatio : "17 / 22";
      this.body.replaceChildren(blank);
      this.shown = null;
    }, PATIENCE);
  }

  turn(step) {
    this.jump((this.target || this.data.number) + step);
  }

  // Goes to a page or part; one that is not there leaves the viewer where it is.
  jump(number) {
    const { count, unit } = this.data;
    if (!count || !Number.isInteger(number) || number < 1 || number > count) return;
    this.target = number;
    this.place(number);
    this.wait();
    this.trigger("turn", { unit, number, width: this.size.pixels() });
  }

  close() {
    this.root.removeAttribute("data-open");
    clearTimeout(this.timer);
    markCurrent("");
    this.trigger("close", true);
    if (this.link && this.link.isConnected) this.link.focus();
    this.link = null;
    this.isShown = false;
  }

  key(event) {
    const isFind = (event.ctrlKey || event.metaKey) && !event.altKey && event.key.toLowerCase() === "f";
    if (isFind && this.data.open && (this.data.alone || this.root.contains(document.activeElement))) {
      event.preventDefault();
      this.find.open();
      return;
    }
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target)) {
      if (event.key === "Escape" && event.target === questionField()) event.target.blur();
      return;
    }
    const open = this.root.hasAttribute("data-open");
    const overlaid = document.querySelector('dialog[open], [role="dialog"], [data-testid="stPopoverBody"]');
    if (event.key === "/") questionField()?.focus();
    else if (event.key === "[") step(-1);
    else if (event.key === "]") step(1);
    else if (open && !overlaid && event.key === "ArrowLeft") this.turn(-1);
    else if (open && !overlaid && event.key === "ArrowRight") this.turn(1);
    else if (open && !overlaid && (event.key === "+" || event.key === "=")) this.size.step(1);
    else if (open && !overlaid && event.key === "-") this.size.step(-1);
    else if (open && !overlaid && event.key === "0") this.size.set(1);
    else if (open && !overlaid && event.key === "Escape" && !this.data.alone) this.close();
    else return;
    event.preventDefault();
  }
}

function isTyping(target) {
  const own = 'input, textarea, select, [contenteditable="true"], [role="slider"], [role="listbox"], [role="tab"], [role="radio"], [role="grid"]';
  return target instanceof Element && Boolean(target.closest(own));
}

function questionField() {
  return document.querySelector('[class*="st-key-question"] :is(input, textarea), .st-key-map_query input');
}

// From one citation (or hit) on the page to the next, around the ends.
function step(direction) {
  const links = [...document.querySelectorAll("a.dx-chip, a.dx-ref")];
  if (!links.length) return;
  const last = links.indexOf(step.last) >= 0 ? links.indexOf(step.last) : links.findIndex((link) => link.classList.contains("dx-current"));
  const from = last < 0 && direction < 0 ? 0 : last;
  step.last = links[(from + direction + links.length) % links.length];
  step.last.scrollIntoView({ block: "nearest" });
  step.last.click();
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-viewer");
  root.dxViewer ||= new Viewer(root);
  root.dxViewer.trigger = setTriggerValue;
  root.dxViewer.show(data);
  return () => {
    root.dxViewer?.stop();
    root.remove();
  };
}
