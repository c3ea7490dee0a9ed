// Renames subjects in the list beside the map: a pencil at each, in whose place a field stands while one is typed.
// `send`: {id, name}, with null for the subject's own name. `redraw` draws the list anew.
class SubjectNames {
  constructor(list, send, redraw) {
    Object.assign(this, { list, send, redraw, open: null });
  }

  // The row of a subject: its label and the pencil, or the field.
  row(group, label) {
    if (this.open?.id === group.id) return this.open.form;
    const pencil = make("button", "dx-map-pencil", "✎");
    pencil.type = "button";
    pencil.dataset.rename = String(group.id);
    pencil.title = "Rename this subject";
    pencil.setAttribute("aria-label", `Rename ${group.name}`);
    pencil.addEventListener("click", () => this.begin(group));
    return make("div", "dx-map-row", label, pencil);
  }

  begin(group) {
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
    const save = () => {
      const name = field.value.trim();
      if (/[\p{L}\p{N}]/u.test(name)) this.end(group, name === group.name ? undefined : name);
      else field.focus();
    };
    const back = group.own ? button(`Back to “${group.own}”`, () => this.end(group, null)) : null;
    const actions = make("div", "dx-map-name-actions", button("Save", save), button("Cancel", () => this.end(group)), back);
    const form = make("div", "dx-map-rename", field, actions);
    form.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && event.target === field) save();
      else if (event.key === "Escape") this.end(group);
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    this.open = { id: group.id, form };
    this.redraw();
    field.focus();
    field.select();
  }

  // Closes the field; `name` is undefined where all stays as it was.
  end(group, name) {
    this.open = null;
    this.redraw();
    this.list.querySelector(`[data-rename="${CSS.escape(String(group.id))}"]`)?.focus();
    if (name !== undefined) this.send({ id: group.id, name });
  }
}
