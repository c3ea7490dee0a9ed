// The text of a page as blocks, one a passage. Text travels as data and is only ever set as textContent.
export default function ({ data, parentElement, setTriggerValue }) {
  const list = document.createElement("div");
  list.className = "passages";
  if (data.language) list.lang = data.language;
  for (const block of data.blocks) {
    const item = document.createElement("div");
    item.className = "start" in block ? "passage" : "between";
    if ("start" in block) {
      if (block.headings.length) {
        const path = document.createElement("div");
        path.className = "path";
        path.textContent = block.headings.join(" › ");
        item.append(path);
      }
      const open = () =>
        setTriggerValue("open", {
          document: data.document, page: block.page, start: block.start, end: block.end,
        });
      item.tabIndex = 0;
      item.setAttribute("role", "button");
      item.title = "Show where it stands";
      item.classList.toggle("open", data.at[0] === block.start && data.at[1] === block.end);
      item.onclick = () => { if (!String(getSelection())) open(); };
      item.onkeydown = (event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        open();
      };
    }
    const text = document.createElement("div");
    text.className = "text";
    text.textContent = block.text.replace(/^\s*\n|\s+$/g, "");
    item.append(text);
    list.append(item);
  }
  const old = parentElement.querySelector(".passages");
  const focused = old ? [...old.children].indexOf(document.activeElement) : -1;
  if (old) old.replaceWith(list);
  else parentElement.append(list);
  if (focused >= 0) list.children[focused]?.focus({ preventScroll: true });
}
