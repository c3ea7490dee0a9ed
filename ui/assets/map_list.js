// The list beside the map: what its colours mean, with a box to tick at each entry. A subject that has finer ones
// unfolds them below itself; each of these leads to its points.
// `on`: tick(set of ids), rename({id, finer, name}), look([x0, x1, y0, y1])
class GroupList {
  constructor(place, on) {
    Object.assign(this, { place, on, unfolded: new Set() });
    this.names = new SubjectNames(place, on.rename, () => this.draw());
  }

  // Where only ticks may have changed the boxes stay: a key that is held down on one would be lost with it.
  update(data, ticked) {
    const said = JSON.stringify([data.groups, data.title, data.note, data.scale]);
    const isSame = said === this.said;
    Object.assign(this, { data, ticked, said });
    if (!isSame) this.draw();
    else for (const input of this.place.querySelectorAll("input[type=checkbox]")) input.checked = ticked.has(Number(input.value));
  }

  // The entries that can be seen, finer ones after the subject that they are unfolded from.
  shown() {
    return this.data.groups.flatMap((group) => [group, ...this.partsOf(group)]);
  }

  partsOf(group) {
    return this.unfolded.has(group.id) ? group.parts : [];
  }

  draw() {
    const { groups, title, note } = this.data;
    const list = make("div", "dx-map-groups", ...groups.map((group) => this.entry(group)));
    list.classList.toggle("dx-folds", groups.some((group) => group.parts.length));
    const active = this.place.contains(document.activeElement) ? document.activeElement : null;
    const top = this.place.querySelector(".dx-map-groups")?.scrollTop || 0;
    this.place.replaceChildren(make("legend", "", title), this.scaleBar(), list, note ? make("p", "dx-map-apart", note) : "");
    list.scrollTop = top;
    if (!active) return;
    const same = `[data-spot="${CSS.escape(active.dataset.spot || "")}"]`;
    (this.place.contains(active) ? active : this.place.querySelector(same))?.focus({ preventScroll: true });
  }

  entry(group) {
    const input = make("input");
    input.type = "checkbox";
    input.value = String(group.id);
    input.dataset.spot = `tick ${group.id}`;
    input.checked = this.ticked.has(group.id);
    input.addEventListener("change", () => this.tick());
    const swatch = make("i");
    swatch.style.background = group.colour;
    const label = make("label", "dx-map-group", input, swatch, make("span", "", group.name), make("small", "", group.note));
    if (group.own === null) return label;
    const row = this.names.row(group, label, false, group.parts.length ? this.fold(group) : null);
    const parts = this.partsOf(group).map((part) => this.names.row(part, this.part(part), true));
    if (!parts.length) return row;
    const below = make("div", "dx-map-parts", ...parts);
    below.setAttribute("role", "group");
    below.setAttribute("aria-label", `Finer subjects of ${group.name}`);
    return make("div", "", row, below);
  }

  fold(group) {
    const isOpen = this.unfolded.has(group.id);
    const button = make("button", "dx-map-fold", isOpen ? "▾" : "▸");
    button.type = "button";
    button.dataset.spot = `fold ${group.id}`;
    button.title = isOpen ? "Hide its finer subjects" : "Show its finer subjects";
    button.setAttribute("aria-label", `Finer subjects of ${group.name}`);
    button.setAttribute("aria-expanded", String(isOpen));
    button.addEventListener("click", () => {
      if (!this.unfolded.delete(group.id)) this.unfolded.add(group.id);
      this.draw();
    });
    return button;
  }

  part(part) {
    const button = make("button", "dx-map-part", make("span", "", part.name), make("small", "", part.note));
    button.type = "button";
    button.dataset.spot = `look ${part.id}`;
    button.title = "Move the map to its passages";
    button.addEventListener("click", () => this.on.look(part.bounds));
    return button;
  }

  tick() {
    this.ticked = new Set([...this.place.querySelectorAll("input:checked")].map((input) => Number(input.value)));
    this.on.tick(this.ticked);
  }

  // A continuous scale with its ends named; nothing where colours are those of groups.
  scaleBar() {
    const { scale } = this.data;
    if (!scale) return "";
    const bar = make("div", "dx-map-scale-bar");
    bar.style.background = `linear-gradient(to right, ${scale.colours.join(", ")})`;
    const ends = make("div", "dx-map-scale-ends", make("span", "", scale.first), make("span", "", scale.last));
    return make("div", "dx-map-scale", bar, ends);
  }
}
