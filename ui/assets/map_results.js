// What a lasso or a question caught, beside the map: one entry a passage, each a link to where it stands.
function drawRow(row, trigger) {
  const link = reference(row, "dx-link dx-caught-title", (passage) => {
    trigger("read", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  link.textContent = row.title;
  link.title = row.title;
  const swatch = make("i", "dx-swatch");
  swatch.style.background = row.colour;
  const head = make("div", "dx-caught-head", swatch, link, row.place ? make("span", "dx-muted", row.place) : null);
  return make("article", "dx-caught", head, make("div", "dx-text dx-caught-text", row.text));
}

// `results`: key (another for another choice), head, note, rows, more (what the button for more says, or "").
function drawResults(place, results, trigger) {
  place.hidden = !results;
  if (!place.dxParts) {
    const more = make("button", "dx-map-tool");
    more.type = "button";
    more.addEventListener("click", () => place.dxTrigger("more", place.dxShown));
    const rows = make("div");
    place.dxParts = { head: make("b", "dx-map-head"), note: make("p", "dx-map-apart"), rows, more, list: make("div", "dx-map-rows", rows, more) };
    place.append(place.dxParts.head, place.dxParts.note, place.dxParts.list);
  }
  const { head, note, rows, more, list } = place.dxParts;
  place.dxTrigger = trigger;
  place.dxShown = results ? results.rows.length : 0;
  place.setAttribute("aria-label", results ? results.head : "");
  head.textContent = results ? results.head : "";
  note.textContent = results ? results.note : "";
  more.textContent = results ? results.more : "";
  more.hidden = !more.textContent;
  sync(rows, results ? results.rows : [], (row) => drawRow(row, (name, value) => place.dxTrigger(name, value)));
  if (results && place.dxKey !== results.key) list.scrollTop = 0;
  place.dxKey = results ? results.key : null;
}
