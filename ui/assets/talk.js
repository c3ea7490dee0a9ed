function source(citation, className, trigger) {
  if (!citation.document) {
    const gone = make("span", `${className} dx-gone`);
    gone.title = "document removed";
    return gone;
  }
  const link = reference(citation, className, (passage) => {
    trigger("open", { document: passage.document, page: passage.page, start: passage.start, end: passage.end });
  });
  link.title = placeOf(citation);
  return link;
}

function placeOf(citation) {
  return citation.place ? `${citation.title}, ${citation.place}` : citation.title;
}

function chip(citation, trigger) {
  const element = source(citation, "dx-chip", trigger);
  element.textContent = String(citation.number);
  if (citation.tip && citation.document) {
    element.dataset.tip = citation.tip;
    element.setAttribute("aria-description", citation.tip);
    element.title = "";
    const place = () => {
      const column = element.closest(".dx-talk").getBoundingClientRect();
      const left = element.getBoundingClientRect().left - column.left;
      const width = Math.min(352, column.width - 8);
      element.style.setProperty("--dx-tip-width", `${width}px`);
      element.style.setProperty("--dx-tip-left", `${Math.min(0, column.width - left - width - 4)}px`);
    };
    element.addEventListener("pointerenter", place);
    element.addEventListener("focus", place);
  }
  element.setAttribute("aria-label", `source ${citation.number}: ${citation.document ? placeOf(citation) : "document removed"}`);
  return element;
}

function sourceLine(citation, trigger, numbered) {
  const line = make("li", "dx-source");
  if (numbered) line.append(make("span", "dx-source-number", String(citation.number)));
  if (!citation.document) {
    line.append(make("span", "dx-muted", "document removed"));
    return line;
  }
  const link = source(citation, "dx-link", trigger);
  link.textContent = citation.title;
  line.append(link);
  if (citation.place) line.append(make("span", "dx-muted", citation.place));
  return line;
}

function quote(citation, trigger) {
  const text = spoken(make("blockquote", "dx-text dx-quote-text"), citation.language);
  build(citation.nodes || [], text, null);
  const foot = make("div", "dx-quote-foot");
  if (citation.number) foot.append(chip(citation, trigger));
  if (citation.document) {
    const link = source(citation, "dx-link", trigger);
    link.textContent = citation.title;
    foot.append(link);
    if (citation.place) foot.append(make("span", "dx-muted", citation.place));
  } else {
    foot.append(make("span", "dx-muted", "document removed"));
  }
  return make("div", "dx-quote", citation.document ? text : null, foot);
}

function heading(message, trigger) {
  if (!message.heading) return null;
  const element = make("div", "dx-talk-heading", message.heading);
  if (message.connect) {
    const link = make("button", "dx-action dx-connect", "connect one");
    link.type = "button";
    link.addEventListener("click", () => trigger("connect", true));
    element.append(" (no language model is connected — ", link, ")");
  }
  return element;
}

// The parts of one message, each of which is redrawn only when it changes.
function parts(message, number) {
  const { citations, checks } = message;
  const list = [{ part: "question", text: message.question, number, editable: message.again }];
  if (message.complete) list.push({ part: "complete", text: message.complete });
  if (message.chips.length) list.push({ part: "chips", chips: message.chips, number });
  if (message.heading) list.push({ part: "heading", heading: message.heading, connect: message.connect });
  if (message.warning) list.push({ part: "warning", text: message.warning });
  message.blocks.forEach((block, index) => {
    // A list right behind another one, in an answer of ours, is what a summary has beyond its first lines.
    const isMore = message.more && block.t === "ul" && index > 0 && message.blocks[index - 1].t === "ul";
    list.push({ part: "block", nodes: [block], citations, checks, more: isMore ? message.more : "", figures: Boolean(message.more) });
  });
  for (const citation of message.quotes) list.push({ part: "quote", citation });
  if (message.waiting) list.push({ part: "waiting", text: message.waiting });
  if (message.note) list.push({ part: "note", text: message.note });
  if (message.error) list.push({ part: "error", text: message.error });
  if (message.sources.length) list.push({ part: "sources", sources: message.sources });
  if (message.nearest.length) list.push({ part: "nearest", nearest: message.nearest });
  const unsupported = checks.filter((check) => check.verdict !== "supported").length;
  if (message.again) list.push({ part: "actions", copy: message.copy, used: message.used, mapped: message.mapped, unsupported, number });
  return list;
}

function block(part, trigger) {
  const numbered = new Map(part.citations.map((citation) => [citation.number, citation]));
  const open = ({ document, page, start, end }) => trigger("open", { document, page, start, end });
  const built = build(part.nodes, make("div", part.figures ? "dx-answer dx-figures" : "dx-answer"),
    (number) => numbered.has(number) ? chip(numbered.get(number), trigger) : null,
    (number) => part.checks[number] ? proofSign(part.checks[number], open) : null);
  return part.more ? make("details", "dx-more", make("summary", "", part.more), built) : built;
}

function actionOf(label, run) {
  const button = make("button", "dx-action", label);
  button.type = "button";
  button.addEventListener("click", run);
  return button;
}

// A question, with what edits it: the edited one takes its place.
function questionOf(part, trigger) {
  const said = make("div", "dx-question dx-text", part.text);
  const whole = make("div", "dx-asked", said);
  if (!part.editable) return whole;
  const edit = actionOf("edit", () => {
    const field = make("textarea", "dx-edit-field");
    field.value = part.text;
    field.rows = Math.min(Math.max(part.text.split("\n").length, 2), 8);
    field.setAttribute("aria-label", "Your question, to be edited");
    const end = () => {
      form.replaceWith(said, edit);
      edit.focus({ preventScroll: true });
    };
    const ask = () => {
      if (field.value.trim()) trigger("again", { message: part.number, question: field.value });
      end();
    };
    const form = make("div", "dx-edit", field, make("div", "dx-edit-actions", actionOf("ask", ask), actionOf("cancel", end)));
    field.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      if (event.key === "Enter" && !event.shiftKey) ask();
      else if (event.key === "Escape") end();
      else return;
      event.preventDefault();
      event.stopPropagation();
    });
    said.remove();
    edit.replaceWith(form);
    field.focus();
  });
  edit.setAttribute("aria-label", "Edit this question");
  whole.append(edit);
  return whole;
}

function drawPart(part, trigger) {
  switch (part.part) {
    case "question": return questionOf(part, trigger);
    case "heading": return heading(part, trigger);
    case "complete": return make("div", "dx-complete dx-text", "Understood as: ", part.text);
    case "chips": return understoodChips(part.chips, (index, choice) => trigger("reading", { message: part.number, chip: index, choice }));
    case "block": return block(part, trigger);
    case "quote": return quote(part.citation, trigger);
    case "waiting": return make("div", "dx-waiting", part.text);
    case "warning": return make("div", "dx-talk-warning", part.text);
    case "note": return make("div", "dx-talk-note", part.text);
    case "error": return make("div", "dx-talk-error", part.text);
    case "sources": return make("ol", "dx-sources", ...part.sources.map((item) => sourceLine(item, trigger, true)));
    case "nearest": return make("details", "dx-nearest", make("summary", "", "The nearest passages"),
      ...part.nearest.map((item) => quote(item, trigger)));
    default: {
      const button = actionOf("copy", () => copy(part.copy, button));
      const again = actionOf("answer again", () => trigger("again", { message: part.number }));
      const mapped = part.mapped ? actionOf(part.mapped, () => trigger("map", { message: part.number })) : null;
      return make("div", "dx-talk-actions", part.copy ? button : null, again, mapped, part.used ? make("span", "dx-muted", part.used) : null,
        part.unsupported ? supportedOnly(part.unsupported) : null);
    }
  }
}

export default function ({ data, parentElement, setTriggerValue }) {
  const root = rootOf(parentElement, "dx-talk");
  root.dxTrigger = setTriggerValue;
  const trigger = (name, value) => root.dxTrigger(name, value);
  while (root.children.length > data.messages.length) root.lastChild.remove();
  data.messages.forEach((message, index) => {
    let element = root.children[index];
    if (!element) {
      element = make("article", "dx-message");
      root.append(element);
    }
    sync(element, parts(message, index), (part) => drawPart(part, trigger));
  });
  reachable(root);
  if (data.news && window.dxTold !== data.news.id) {
    window.dxTold = data.news.id;
    say(data.news.text);
  }
}
