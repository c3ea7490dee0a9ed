// Passages that hold a word, a few lines each; the title of each opens it where it stands.
function drawUse(row, trigger) {
  const link = reference(row, "dx-link dx-use-title", (passage) => {
    trigger("open", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  link.textContent = row.title;
  const head = make("div", "dx-use-head", link, row.place ? make("span", "dx-muted", row.place) : null);
  const text = build(row.nodes, spoken(make("div", "dx-text dx-use-text"), row.language), null);
  return make("article", "dx-use", head, text);
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-uses");
  root.dxTrigger = setTriggerValue;
  sync(root, data.rows, (row) => drawUse(row, (name, value) => root.dxTrigger(name, value)));
}
