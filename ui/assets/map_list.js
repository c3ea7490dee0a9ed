// What a lasso or a question caught: one line a passage, each a link to where it stands.
function drawRow(row, trigger) {
  const link = reference(row, "dx-link dx-caught-title", (passage) => {
    trigger("open", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  link.textContent = row.title;
  link.title = row.title;
  const swatch = make("i", "dx-swatch");
  swatch.style.background = row.colour;
  const head = make("div", "dx-caught-head", swatch, link, row.place ? make("span", "dx-muted", row.place) : null);
  return make("article", "dx-caught", head, make("div", "dx-text dx-caught-text", row.text));
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-caught-list");
  root.dxTrigger = setTriggerValue;
  sync(root, data.rows, (row) => drawRow(row, (name, value) => root.dxTrigger(name, value)));
}
