// What stands behind checked sentences, the switch that leaves only supported ones, and the chips that say how a
// question was understood.

const SIGNS = { supported: "✓", partly: "◐", contradicted: "≠", "not found": "?" };

// Arguments: a check {verdict, says, place}; `open` as `reference` takes it.
function proofSign(check, open) {
  const sign = check.place ? reference(check.place, "dx-proof", open) : make("span", "dx-proof");
  sign.dataset.verdict = check.verdict;
  if (!check.place) {
    sign.tabIndex = 0;
    sign.setAttribute("role", "img");
  }
  sign.setAttribute("aria-label", check.place ? `${check.says} Open the place that decides it.` : check.says);
  const tip = make("span", "dx-tip", check.says);
  tip.setAttribute("aria-hidden", "true");
  sign.append(SIGNS[check.verdict], tip);
  sign.addEventListener("pointerenter", () => placeTip(sign, tip));
  sign.addEventListener("focus", () => placeTip(sign, tip));
  return sign;
}

// Keeps the words beside a sign inside the conversation's column.
function placeTip(sign, tip) {
  const column = sign.closest(".dx-talk");
  const room = column.getBoundingClientRect().right - sign.getBoundingClientRect().left;
  tip.classList.toggle("dx-tip-left", room < 260);
}

// A switch that hides the sentences of its message that no source supports, and says how many those are.
function supportedOnly(total) {
  const box = make("input", "");
  box.type = "checkbox";
  box.setAttribute("role", "switch");
  const told = make("span", "dx-muted");
  told.setAttribute("role", "status");
  const label = make("label", "dx-switch", box, "Only what is supported");
  box.addEventListener("change", () => {
    const message = box.closest(".dx-message");
    message.classList.toggle("dx-supported-only", box.checked);
    told.textContent = box.checked ? `${total} ${total === 1 ? "sentence" : "sentences"} hidden` : "";
  });
  return make("span", "dx-only", label, told);
}

// The chips under a question. Each opens what it may be instead; `choose(chip, choice)` asks anew.
function understoodChips(chips, choose) {
  const row = make("div", "dx-read");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", "How the question was understood");
  chips.forEach((chip, number) => {
    if (!chip.choices.length) {
      row.append(make("span", "dx-read-chip", chip.label));
      return;
    }
    const button = make("button", "dx-read-chip", chip.label);
    button.type = "button";
    button.title = `Another ${chip.name}`;
    button.setAttribute("aria-expanded", "false");
    const list = make("div", "dx-read-choices", make("span", "dx-muted", `Another ${chip.name}:`));
    list.hidden = true;
    chip.choices.forEach((said, choice) => {
      const other = make("button", "dx-read-choice", said);
      other.type = "button";
      other.addEventListener("click", () => { setOpen(false); choose(number, choice); });
      list.append(other);
    });
    const setOpen = (isOpen) => {
      for (const one of row.querySelectorAll(".dx-read-choices")) one.hidden = true;
      for (const one of row.querySelectorAll("[aria-expanded]")) one.setAttribute("aria-expanded", "false");
      list.hidden = !isOpen;
      button.setAttribute("aria-expanded", String(isOpen));
    };
    button.addEventListener("click", () => setOpen(list.hidden));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || list.hidden) return;
      event.stopPropagation();
      setOpen(false);
      button.focus();
    });
    row.append(make("span", "dx-read-one", button, list));
  });
  return row;
}
