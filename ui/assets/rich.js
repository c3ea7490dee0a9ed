// Builds elements from the nodes that ui/rich.py makes. Text is only ever set as text, and no element made here
// has an address but a citation, whose address is this page's own with numbers and a document's id in its query.

const ELEMENTS = new Set(("p h3 h4 h5 h6 ul ol li blockquote pre code em strong s table thead tbody tr th td hr br mark").split(" "));

// Arguments: nodes (strings and {t, c}), the element that receives them, cite(number) → element or null, and
// mark(number) → what stands behind a sentence that was checked.
function build(nodes, parent, cite, mark) {
  for (const node of nodes) {
    if (typeof node === "string") {
      parent.append(document.createTextNode(node));
    } else if (node.t === "cite") {
      parent.append((cite && cite(node.n)) || document.createTextNode(`[${node.n}]`));
    } else if (node.t === "claim") {
      const said = build(node.c || [], make("span", "dx-claim"), cite, mark);
      const sign = mark && mark(node.n);
      if (sign) {
        said.dataset.verdict = sign.dataset.verdict;
        said.append(sign);
      }
      parent.append(said);
    } else if (node.t === "maths" || node.t === "formula") {
      parent.append(formulaOf(String(node.c[0]), node.t === "formula"));
    } else if (node.t === "found" || node.t === "now") {
      parent.append(build(node.c || [], make("span", node.t === "now" ? "dx-found dx-now" : "dx-found"), cite, mark));
    } else if (ELEMENTS.has(node.t)) {
      const element = document.createElement(node.t);
      build(node.c || [], element, cite, mark);
      if (node.a) element.classList.add(node.a === "right" ? "dx-right" : "dx-center");
      parent.append(node.t === "table" ? make("div", "dx-wide", element) : element);
    }
  }
  return parent;
}

function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

// A picture of a document, which the server encoded anew and sent within the data.
function thumbnail(tile) {
  const image = new Image(tile.width, tile.height);
  image.alt = tile.alt;
  image.src = tile.source;
  image.decoding = "async";
  return image;
}

// Marks a text as being in its document's language, so that a screen reader speaks it so; the page is English.
function spoken(element, language) {
  if (language) element.lang = language;
  return element;
}

// Tells screen readers what happened. The place for it is one for the whole app and stays while pages come and
// go: only what changes in a place that was there before is read out. It is emptied first, so that the same words
// are read again.
function say(text) {
  let place = document.getElementById("dx-news");
  if (!place) {
    place = make("div", "dx-unseen");
    place.id = "dx-news";
    place.setAttribute("role", "status");
    document.body.append(place);
  }
  place.textContent = "";
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { place.textContent = text; }, 150);
}

// What scrolls inside the page takes the keyboard's focus, or its end could not be read without a mouse.
function reachable(root) {
  const look = () => {
    for (const box of root.querySelectorAll(".dx-text, .dx-wide, pre")) {
      const isCut = box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1;
      if (isCut && getComputedStyle(box).overflowY !== "visible") box.tabIndex = 0;
      else box.removeAttribute("tabindex");
    }
  };
  if (!root.dxWidth) {
    root.dxWidth = new ResizeObserver(look);
    root.dxWidth.observe(root);
  }
  look();
}

const FOCUSABLE = "a[href], button, input, summary, [tabindex]";

// Where the focus is inside an element that is about to be drawn anew, for `focusAgain`; -1 if not in it.
function focusIn(element) {
  return [...element.querySelectorAll(FOCUSABLE)].indexOf(document.activeElement);
}

function focusAgain(element, index) {
  if (index >= 0) element.querySelectorAll(FOCUSABLE)[index]?.focus({ preventScroll: true });
}

// Makes `parent` hold one element for each block, keeping those whose content is what it was: a growing answer
// leaves its earlier paragraphs, and what is selected in them, alone.
function sync(parent, blocks, draw) {
  blocks.forEach((block, index) => {
    const known = JSON.stringify(block);
    const old = parent.children[index];
    if (old && old.dxKnown === known) return;
    const fresh = draw(block, index);
    fresh.dxKnown = known;
    const focused = old ? focusIn(old) : -1;
    if (old) old.replaceWith(fresh);
    else parent.append(fresh);
    focusAgain(fresh, focused);
  });
  while (parent.children.length > blocks.length) parent.lastChild.remove();
}

// One element under the component's own, made once: the component's function runs again whenever its data changes.
function rootOf(parentElement, className) {
  let root = parentElement.querySelector(`:scope > .${className}`);
  if (!root) {
    root = make("div", `dx ${className}`);
    parentElement.append(root);
  }
  return root;
}

// A link to a passage. It works in a new tab; a plain click goes through `open` and answers before the server does.
function reference(passage, className, open) {
  const link = make("a", className);
  const query = new URLSearchParams({ document: passage.document, page: String(passage.page) });
  if (passage.end > passage.start) query.set("span", `${passage.start}-${passage.end}`);
  link.href = `?${query}`;
  link.dataset.passage = `${passage.document} ${passage.start}-${passage.end}`;
  link.classList.toggle("dx-current", link.dataset.passage === document.documentElement.dataset.dxPassage);
  link.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey || event.button !== 0) return;
    event.preventDefault();
    window.dispatchEvent(new CustomEvent("dx-open", { detail: { passage, link } }));
    open(passage);
  });
  return link;
}

// Every link to the passage that stands in the viewer shows it, those drawn later too.
function markCurrent(passage) {
  document.documentElement.dataset.dxPassage = passage || "";
  for (const link of document.querySelectorAll("a[data-passage]")) {
    link.classList.toggle("dx-current", Boolean(passage) && link.dataset.passage === passage);
  }
}

async function copy(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "copied";
  } catch {
    button.textContent = "copying is not allowed here";
  }
  setTimeout(() => { button.textContent = label; }, 1600);
}
