// The list of documents. Only the rows in sight are elements, so that five thousand cost no more than twenty.
const ROW = 44;
const SPARE = 8;
const COLUMNS = [
  ["name", "Name"], ["kind", "Kind"], ["pages", "Pages"], ["passages", "Passages"], ["size", "Size"],
  ["added", "Added"], ["tags", "Tags"],
];
const NUMBERS = new Set(["pages", "passages", "size"]);

function head(state) {
  const row = make("tr", "");
  const all = make("input", "");
  all.type = "checkbox";
  all.setAttribute("aria-label", "Select all that are shown");
  all.onchange = () => {
    for (const each of state.data.rows) all.checked ? state.ticked.add(each.id) : state.ticked.delete(each.id);
    tell(state);
  };
  state.all = all;
  row.append(make("th", "dx-tick", all));
  for (const [key, label] of COLUMNS) {
    const cell = make("th", NUMBERS.has(key) ? `dx-${key} dx-number` : `dx-${key}`);
    cell.scope = "col";
    if (key === "tags") cell.textContent = label;
    else {
      const is = state.data.order[0] === key;
      const button = make("button", "dx-sort", is ? `${label} ${state.data.order[1] ? "▼" : "▲"}` : label);
      button.type = "button";
      button.dataset.column = key;
      button.onclick = () => state.send("order", key);
      cell.setAttribute("aria-sort", is ? (state.data.order[1] ? "descending" : "ascending") : "none");
      cell.append(button);
    }
    row.append(cell);
  }
  return make("thead", "", row);
}

function line(state, index) {
  const row = state.data.rows[index];
  const element = make("tr", "dx-row");
  element.dataset.index = String(index);
  element.dxId = row.id;
  element.setAttribute("aria-rowindex", String(index + 2));
  const box = make("input", "");
  box.type = "checkbox";
  box.checked = state.ticked.has(row.id);
  box.setAttribute("aria-label", `Select ${row.name}`);
  box.onclick = (event) => { event.stopPropagation(); tick(state, index, box.checked, event.shiftKey); };
  const cell = make("td", "dx-tick", box);
  cell.onclick = (event) => { if (event.target === cell) box.click(); event.stopPropagation(); };
  const name = make("button", "dx-open", row.name);
  name.type = "button";
  name.title = [row.name, row.note, row.about].filter(Boolean).join("\n");
  const added = make("td", "dx-added", row.added);
  added.title = new Date(row.at * 1000).toLocaleString(navigator.language, { dateStyle: "medium", timeStyle: "short" });
  element.append(
    cell, make("td", "dx-name", ...named(name, row)), make("td", "dx-kind", row.kind),
    make("td", "dx-pages dx-number", row.pages), make("td", "dx-passages dx-number", row.passages),
    make("td", "dx-size dx-number", row.size), added, make("td", "dx-tags", ...row.tags.map((tag) => make("span", "dx-tag", tag))),
  );
  element.classList.toggle("dx-ticked", box.checked);
  element.onclick = (event) => {
    // Who drags over a row's text wants to copy it. The keyboard's click, and text selected elsewhere, open it.
    if (event.detail && String(getSelection()).trim() && getSelection().containsNode(element, true)) return;
    window.dxOpened = row.id;
    state.send("open", row.id);
  };
  return element;
}

// The name, what is to be said of the document, and below it what the document is about, where that is known.
function named(name, row) {
  const parts = row.note ? [name, make("span", "dx-note", row.note)] : [name];
  if (!row.about) return parts;
  const about = make("div", "dx-about", row.about);
  about.dir = "auto";
  about.title = name.title;
  return [make("div", "dx-called", ...parts), about];
}

function tick(state, index, on, isRange) {
  const before = isRange ? state.data.rows.findIndex((row) => row.id === state.last) : -1;
  const from = before < 0 ? index : before;
  for (let i = Math.min(from, index); i <= Math.max(from, index); i += 1) {
    const { id } = state.data.rows[i];
    on ? state.ticked.add(id) : state.ticked.delete(id);
  }
  state.last = state.data.rows[index].id;
  tell(state);
}

function tell(state) {
  state.send("tick", [...state.ticked]);
  draw(state, true);
}

function draw(state, again) {
  const { rows } = state.data;
  const first = Math.max(0, Math.floor(state.scroll.scrollTop / ROW) - SPARE);
  const last = Math.min(rows.length, first + Math.ceil(state.height / ROW) + 2 * SPARE);
  const ticked = rows.filter((row) => state.ticked.has(row.id)).length;
  state.all.checked = ticked > 0 && ticked === rows.length;
  state.all.indeterminate = ticked > 0 && ticked < rows.length;
  if (!again && first === state.first && last === state.end) return;
  const focused = state.body.contains(document.activeElement) ? document.activeElement : null;
  const at = focused ? [focused.closest("tr").dataset.index, focused.type === "checkbox"] : null;
  [state.first, state.end] = [first, last];
  const lines = [];
  for (let index = first; index < last; index += 1) lines.push(line(state, index));
  state.body.replaceChildren(space(first), ...lines, space(rows.length - last));
  if (at) focus(state, Number(at[0]), at[1]);
}

function space(rows) {
  const gap = make("tr", "dx-gap");
  gap.setAttribute("aria-hidden", "true");
  gap.style.height = `${rows * ROW}px`;
  return gap;
}

function focus(state, index, isBox) {
  const row = state.body.querySelector(`tr[data-index="${index}"]`);
  if (row) row.querySelector(isBox ? "input" : "button").focus({ preventScroll: true });
}

// ↑ and ↓ go from row to row, in the column of boxes or of names.
function move(state, event) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const row = event.target.closest("tr.dx-row");
  if (!step || !row) return;
  event.preventDefault();
  show(state, Number(row.dataset.index) + step, event.target.type === "checkbox");
}

// Scrolls to a row, if it has to, and gives it the focus.
function show(state, index, isBox) {
  if (index < 0 || index >= state.data.rows.length) return;
  const top = index * ROW;
  const room = state.height - 2 * ROW;
  if (top < state.scroll.scrollTop) state.scroll.scrollTop = top;
  else if (top > state.scroll.scrollTop + room) state.scroll.scrollTop = top - room;
  draw(state, false);
  focus(state, index, isBox);
}

// Where the focus is, in words that hold when the table is drawn anew: a document's row, a head, or neither.
function focusedPlace(state) {
  const element = document.activeElement;
  if (!state.scroll.contains(element)) return null;
  const row = element.closest("tr.dx-row");
  if (row) return { id: row.dxId, isBox: element.type === "checkbox" };
  return { head: element === state.all ? "" : element.dataset.column };
}

function focusPlace(state, place) {
  if (place.head === "") state.all.focus({ preventScroll: true });
  else if (place.head) state.scroll.querySelector(`[data-column="${place.head}"]`)?.focus({ preventScroll: true });
  else show(state, state.data.rows.findIndex((row) => row.id === place.id), place.isBox);
}

// Back from a document that was opened here, the focus is on its row again, unless it is elsewhere by now. A button
// of the page is not elsewhere: React may keep the one that led back, with its focus, and draw another's words on it.
function comeBack(state) {
  const index = state.data.rows.findIndex((row) => row.id === window.dxOpened);
  window.dxOpened = null;
  const at = document.activeElement;
  if (at === document.body || at.matches("main button")) show(state, index, false);
}

function begin(root) {
  const state = { ticked: new Set(), turn: null, last: null, first: -1, end: -1 };
  state.scroll = make("div", "dx-scroll");
  state.scroll.onscroll = () => draw(state, false);
  state.scroll.onkeydown = (event) => move(state, event);
  root.append(state.scroll);
  return state;
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-shelf");
  const isNew = !root.dxState;
  const state = root.dxState || (root.dxState = begin(root));
  state.send = setTriggerValue;
  state.data = data;
  state.height = data.height;
  if (state.turn !== data.turn) state.ticked = new Set(data.ticked);
  state.turn = data.turn;
  const top = state.scroll.scrollTop;
  const focused = focusedPlace(state);
  state.scroll.style.height = `${data.height}px`;
  const table = make("table", "", head(state));
  table.setAttribute("aria-rowcount", String(data.rows.length + 1));
  table.setAttribute("aria-label", data.label);
  state.body = make("tbody", "");
  table.append(state.body);
  state.scroll.replaceChildren(table);
  draw(state, true);
  state.scroll.scrollTop = top;
  if (focused) focusPlace(state, focused);
  else if (isNew) comeBack(state);
}
