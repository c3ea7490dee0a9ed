// Outlines of 24 by 24, drawn here: a font of signs would have to come from somewhere.
const SIGNS = {
  why: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM9.4 9.4a2.7 2.7 0 1 1 3.8 2.5c-.8.4-1.2.9-1.2 1.8M12 16.6v.3",
  like: "M3 9.5c3-3.4 6-3.4 9 0s6 3.4 9 0M3 16.5c3-3.4 6-3.4 9 0s6 3.4 9 0",
  narrow: "M18.5 9.5V8l-5-5H5.5v18h6M13.5 3v5h5M16 12.5a3.3 3.3 0 1 0 0 6.6 3.3 3.3 0 0 0 0-6.6ZM18.4 18.2l2.6 2.6",
  copy: "M9 9h10.5v11.5H9ZM6 15.5H4.5V4H15v1.5",
};
const SVG = "http://www.w3.org/2000/svg";

function sign(name) {
  const picture = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  line.setAttribute("d", SIGNS[name]);
  picture.append(line);
  return picture;
}

// A button that is a sign; its name is read out, and shown beside it for whoever points at it or tabs to it.
function action(name, text, run) {
  const button = make("button", "dx-icon", sign(name));
  button.type = "button";
  const call = (said) => {
    button.setAttribute("aria-label", said);
    button.dataset.tip = said;
  };
  call(text);
  button.addEventListener("click", () => run(call));
  return button;
}

async function copied(text, name, call) {
  let said = "Copied";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    said = "Copying is not allowed here";
  }
  call(said);
  say(said);
  setTimeout(() => call(name), 1600);
}

// The shares of what a hit was found by: figures for everybody, and bars for the eye.
function reasons(why) {
  const list = make("dl", "dx-why-shares");
  for (const { name, share, said } of why.shares) {
    const bar = make("span", "dx-why-bar", make("i"));
    bar.firstChild.style.width = `${Math.max(1, 100 * share)}%`;
    bar.setAttribute("aria-hidden", "true");
    list.append(make("dt", "", name), make("dd", "", make("span", "dx-why-said", said), bar));
  }
  const box = make("div", "dx-hit-why", why.shares.length ? list : null, make("p", "", why.note));
  return box;
}

function unfolds(name, text, box, isOpen) {
  const button = action(name, text, () => show(box.hidden));
  const show = (open) => {
    box.hidden = !open;
    button.setAttribute("aria-expanded", String(open));
  };
  show(Boolean(isOpen));
  return button;
}

function drawHit(hit, trigger) {
  const title = reference(hit, "dx-link dx-ref dx-hit-title", (passage) => {
    trigger("open", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  title.textContent = hit.title;
  title.title = hit.title;
  const why = reasons(hit.why);
  const label = "Copy with source";
  const actions = make("div", "dx-hit-actions",
    unfolds("why", "Why this hit", why, hit.open),
    action("like", "More like this", () => trigger("like", { chunk: hit.chunk })),
    action("narrow", "Search in this document", () => trigger("narrow", { document: hit.document })),
    action("copy", label, (call) => copied(hit.copy, label, call)),
  );
  const match = hit.match ? make("span", "dx-hit-match", hit.match) : null;
  if (match) match.title = `score ${hit.score}`;
  const head = make("div", "dx-hit-head",
    make("span", "dx-hit-rank", String(hit.rank)),
    title,
    hit.place ? make("span", "dx-hit-place", hit.place) : null,
    match,
    actions,
  );
  const pictures = hit.pictures.length ? make("div", "dx-hit-pictures", ...hit.pictures.map((tile) => {
    const button = make("button", "dx-hit-picture", thumbnail(tile));
    button.type = "button";
    button.title = tile.caption || tile.alt;
    button.addEventListener("click", () => title.click());
    return button;
  })) : null;
  const passage = build(hit.nodes, spoken(make("div", "dx-text dx-hit-text"), hit.language), null);
  const path = hit.headings ? spoken(make("div", "dx-hit-path", hit.headings), hit.language) : null;
  if (path) path.title = hit.headings;
  const article = make("article", "dx-hit", head, path, pictures, passage, why);
  article.setAttribute("aria-label", `Hit ${hit.rank}`);
  return article;
}

function drawGroup(group, trigger) {
  const [first, ...rest] = group;
  const element = make("div", "dx-hit-group", drawHit(first, trigger));
  if (rest.length) {
    const more = make("details", "dx-hit-more", make("summary", "", first.more));
    more.append(...rest.map((hit) => drawHit(hit, trigger)));
    element.append(more);
  }
  return element;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-hits");
  root.dxTrigger = setTriggerValue;
  sync(root, data.groups, (group) => drawGroup(group, (name, value) => root.dxTrigger(name, value)));
  reachable(root);
}
