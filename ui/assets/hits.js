function bars(filled, score) {
  const meter = make("span", "dx-bars");
  meter.title = `score ${score}`;
  meter.setAttribute("role", "img");
  meter.setAttribute("aria-label", `relevance ${filled} of 5`);
  for (let i = 1; i <= 5; i += 1) meter.append(make("i", i <= filled ? "dx-full" : ""));
  return meter;
}

function action(text, run) {
  const button = make("button", "dx-action", text);
  button.type = "button";
  button.addEventListener("click", () => run(button));
  return button;
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

function unfolds(text, box, isOpen) {
  const button = action(text, () => show(box.hidden));
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
  const head = make("div", "dx-hit-head",
    make("span", "dx-hit-rank", String(hit.rank)),
    title,
    hit.place ? make("span", "dx-hit-place", hit.place) : null,
    make("span", "dx-hit-score", "relevance ", bars(hit.bars, hit.score)),
  );
  const pictures = hit.pictures.length ? make("div", "dx-hit-pictures", ...hit.pictures.map((tile) => {
    const button = make("button", "dx-hit-picture", thumbnail(tile));
    button.type = "button";
    button.title = tile.caption || tile.alt;
    button.addEventListener("click", () => title.click());
    return button;
  })) : null;
  const passage = build(hit.nodes, spoken(make("div", "dx-text dx-hit-text"), hit.language), null);
  const why = reasons(hit.why);
  const actions = make("div", "dx-hit-actions",
    action("open", () => title.click()),
    unfolds("why this hit", why, hit.open),
    action("more like this", () => trigger("like", { chunk: hit.chunk })),
    action("search in this document", () => trigger("narrow", { document: hit.document })),
    action("copy with source", (button) => copy(hit.copy, button)),
  );
  const path = hit.headings ? spoken(make("div", "dx-hit-path", hit.headings), hit.language) : null;
  const article = make("article", "dx-hit", head, path, pictures, passage, actions, why);
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
