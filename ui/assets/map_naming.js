// Renames subjects in the list beside the map: a pencil at each, in whose place a field stands while one is typed.
// `send`: {id, finer, name}, with null for the subject's own name. `redraw` draws the list anew.
class SubjectNames {
  constructor(list, send, redraw) {
    Object.assign(this, { list, send, redraw, open: null });
  }

  // The row of a subject of one of the two levels: what stands `before` it (or null), what it is called and the
  // pencil; or the field.
  row(group, called, isFiner, before = null) {
    const spot = `rename ${isFiner ? "finer " : ""}${group.id}`;
    if (this.open?.spot === spot) return this.open.form;
    const pencil = make("button", "dx-map-pencil", "✎");
    pencil.type = "button";
    pencil.dataset.spot = spot;
    pencil.title = isFiner ? "Rename this finer subject" : "Rename this subject";
    pencil.setAttribute("aria-label", `Rename ${group.name}`);
    pencil.addEventListener("click", () => this.begin(group, isFiner, spot));
    return make("div", "dx-map-row", before, called, pencil);
  }

  begin(group, isFiner, spot) {
    const field = make("input", "dx-map-name");
    field.type = "text";
    field.value = group.name;
    field.maxLength = 80;
    field.setAttribute("aria-label", `Another name for ${group.name}`);
    const button = (text, run) => {
      const element = make("button", "dx-map-tool", text);
      element.type = "button";
      element.addEventListener("click", run);
      return element;
    };
    const end = (name) => this.end(spot, name === undefined ? null : { id: group.id, finer: isFiner, name });
    const save = () => {
      const name = field.value.trim();
      if (/[\p{L}\p{N}]/u.test(name)) end(name === group.name ? undefined : name);
      else field.focus();
    };
    const back = group.own ? button(`Back to “${group.own}”`, () => end(null)) : null;
    const actions = make("div", "dx-map-name-actions", button("Save", save), button("Cancel", () => end()), back);
    const form = make("div", "dx-map-rename", field, actions);
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && event.target === field) save();
      else if (event.key === "Escape") end();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.open = { spot, form };
    this.redraw();
    field.focus();
    field.select();
  }

  // Closes the field; `change` is null where all stays as it was.
  end(spot, change) {
    this.open = null;
    this.redraw();
    this.list.querySelector(`[data-spot="${CSS.escape(spot)}"]`)?.focus();
    if (change) this.send(change);
  }
}
