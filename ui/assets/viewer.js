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
    this.position = make("span", "dx-viewer-position");
    this.position.setAttribute("aria-live", "polite");
    this.before = this.button("‹", "Previous page (←)", () => this.turn(-1));
    this.after = this.button("›", "Next page (→)", () => this.turn(1));
    const closer = this.button("×", "Close (Esc)", () => this.close());
    this.body = make("div", "dx-viewer-body");
    this.body.tabIndex = 0;
    this.body.setAttribute("role", "group");
    this.body.setAttribute("aria-label", "Page");
    this.root.append(
      make("div", "dx-viewer-head", this.title, closer),
      make("div", "dx-viewer-bar", this.before, this.position, this.after),
      this.body,
    );
  }

  button(text, label, action) {
    const button = make("button", "dx-viewer-button", text);
    button.type = "button";
    button.title = label;
    button.setAttribute("aria-label", label);
    button.addEventListener("click", action);
    return button;
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
      return;
    }
    this.title.textContent = data.title;
    this.title.title = data.title;
    this.root.toggleAttribute("data-error", Boolean(data.error));
    this.place(data.number);
    if (data.error) this.body.replaceChildren(make("p", "dx-viewer-error", data.error));
    else this.body.replaceChildren(...data.views.map((view) => this.view(view)));
    if (this.shown !== data.at) this.scroll();
    this.shown = data.at;
    if (isNew && this.isSheet()) this.enter();
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
    this.position.textContent = !count ? "" : steps ? `${name} ${format(number)} of ${format(count)}` : name;
    if (note && number === this.data.number) this.position.textContent += ` · ${note}`;
    this.before.hidden = this.after.hidden = !steps;
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
    const image = new Image(view.width, view.height);
    image.alt = `Page ${view.page} of ${this.data.title}`;
    image.src = view.source;
    const sheet = make("div", "dx-sheet", image);
    sheet.style.aspectRatio = `${view.width} / ${view.height}`;
    for (const [left, top, right, bottom] of view.boxes) {
      const box = make("div", "dx-box");
      box.style.left = `${left * 100}%`;
      box.style.top = `${top * 100}%`;
      box.style.width = `${(right - left) * 100}%`;
      box.style.height = `${(bottom - top) * 100}%`;
      sheet.append(box);
    }
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
    const closer = this.button("×", "Close the picture (Esc)", () => dialog.close());
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

  scroll() {
    const mark = this.body.querySelector(".dx-box, mark");
    const above = mark ? mark.getBoundingClientRect().top - this.body.getBoundingClientRect().top : 0;
    this.body.scrollTop = mark ? this.body.scrollTop + above - this.body.clientHeight * 0.25 : 0;
  }

  // A passage was asked for somewhere on the page: answer now, the server follows.
  expect({ passage, link }) {
    this.link = link;
    if (this.data.open && this.root.hasAttribute("data-open") && this.shown === link.getAttribute("href")) {
      this.scroll();
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
    const { count, number, unit } = this.data;
    const next = (this.target || number) + step;
    if (!count || next < 1 || next > count) return;
    this.target = next;
    this.place(next);
    this.wait();
    this.trigger("turn", { unit, number: next });
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
    else if (open && !overlaid && event.key === "Escape") this.close();
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
