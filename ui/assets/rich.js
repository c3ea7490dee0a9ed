// Builds elements from the nodes that ui/rich.py makes. Text is only ever set as text, and no element made here
// has an address but a citation, whose address is this page's own with numbers and a document's id in its query.

const ELEMENTS = new Set(("p h3 h4 h5 h6 ul ol li blockquote pre code em strong s table thead tbody tr th td hr br mark").split(" "));

// Arguments: nodes (strings and {t, c}), the element that receives them, cite(number) → element or null.
function build(nodes, parent, cite) {
  for (const node of nodes) {
    if (typeof node === "string") {
      parent.append(document.createTextNode(node));
    } else if (node.t === "cite") {
      parent.append((cite && cite(node.n)) || document.createTextNode(`[${node.n}]`));
    } else if (ELEMENTS.has(node.t)) {
      const element = document.createElement(node.t);
      build(node.c || [], element, cite);
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

// Makes `parent` hold one element for each block, keeping those whose content is what it was: a growing answer
// leaves its earlier paragraphs, and what is selected in them, alone.
function sync(parent, blocks, draw) {
  blocks.forEach((block, index) => {
    const known = JSON.stringify(block);
    const old = parent.children[index];
    if (old && old.dxKnown === known) return;
    const fresh = draw(block, index);
    fresh.dxKnown = known;
    if (old) old.replaceWith(fresh);
    else parent.append(fresh);
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
