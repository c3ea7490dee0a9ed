function drawTile(tile, trigger) {
  const link = reference(tile, "dx-link dx-ref dx-found-title", (passage) => {
    trigger("open", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  link.textContent = tile.title;
  link.title = tile.title;
  const button = make("button", "dx-found-picture", thumbnail(tile));
  button.type = "button";
  button.setAttribute("aria-label", `Open ${tile.title}${tile.place ? `, ${tile.place}` : ""}`);
  button.addEventListener("click", () => link.click());
  const like = make("button", "dx-action", "more like this");
  like.type = "button";
  like.addEventListener("click", () => trigger("like", { document: tile.document, page: tile.page, of: tile.of }));
  const figure = make("figure", "dx-found",
    button,
    make("figcaption", "",
      make("div", "", make("span", "dx-muted", `${tile.rank} `), link),
      tile.caption ? spoken(make("div", "dx-found-caption", tile.caption), tile.language) : null,
      make("div", "dx-muted dx-found-place", [tile.place, `alike ${tile.score}`].filter(Boolean).join(" · ")),
      like,
    ),
  );
  figure.setAttribute("aria-label", `Picture ${tile.rank}`);
  return figure;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-found-pictures");
  root.dxTrigger = setTriggerValue;
  sync(root, data.tiles, (tile) => drawTile(tile, (name, value) => root.dxTrigger(name, value)));
}
