function drawPoint(point, root) {
  const dot = make("a", "dx-plane-dot");
  const query = new URLSearchParams({ document: point.document, page: String(point.page) });
  dot.href = `?${query}`;
  dot.style.left = `${100 * point.x}%`;
  dot.style.top = `${100 * (1 - point.y)}%`;
  dot.setAttribute("aria-label", `${point.caption || point.alt}, in ${point.title}`);
  const look = () => showNear(root, point);
  dot.addEventListener("pointerenter", look);
  dot.addEventListener("focus", look);
  dot.addEventListener("pointerleave", () => hide(root));
  dot.addEventListener("blur", () => hide(root));
  dot.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    root.dxTrigger("open", { document: point.document, page: point.page, start: point.start, end: point.end });
  });
  return dot;
}

function showNear(root, point) {
  const card = root.querySelector(".dx-plane-card");
  card.replaceChildren(thumbnail(point), make("div", "dx-plane-said", point.caption || point.title));
  card.style.left = point.x > 0.5 ? "auto" : `calc(${100 * point.x}% + 1rem)`;
  card.style.right = point.x > 0.5 ? `calc(${100 * (1 - point.x)}% + 1rem)` : "auto";
  card.style.top = point.y > 0.5 ? `${100 * (1 - point.y)}%` : "auto";
  card.style.bottom = point.y > 0.5 ? "auto" : `${100 * point.y}%`;
  card.hidden = false;
}

function hide(root) {
  root.querySelector(".dx-plane-card").hidden = true;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-plane");
  root.dxTrigger = setTriggerValue;
  if (!root.firstChild) {
    const card = make("div", "dx-plane-card");
    card.hidden = true;
    card.setAttribute("aria-hidden", "true");
    root.append(make("div", "dx-plane-dots"), card);
  }
  const dots = root.firstChild;
  dots.setAttribute("role", "group");
  dots.setAttribute("aria-label", data.title);
  sync(dots, data.points, (point) => drawPoint(point, root));
}
