// Has a sentence read out by screen readers, once for each time that it changes. One that changes all the time, such
// as how far files are, is read out at most every `pause` seconds.
export default function ({ data }) {
  const told = (window.dxAnnounced ??= {});
  const before = told[data.name] || { text: "", at: -Infinity };
  if (data.text === before.text) return;
  const now = performance.now();
  if (data.text && data.pause && before.text && now - before.at < data.pause * 1000) return;
  told[data.name] = { text: data.text, at: data.text ? now : before.at };
  if (data.text) say(data.text);
  if (data.text && data.focus) focusWhenLost(data.focus);
}

// A dialog that closes gives the focus back to the button that opened it, which may be disabled by then: the focus is
// nowhere. It is looked for during two seconds, since the dialog leaves a little later than the page is drawn.
function focusWhenLost(key) {
  const end = performance.now() + 2000;
  const look = () => {
    const at = document.activeElement;
    const isLost = !at || at === document.body || at.disabled;
    if (isLost && !document.querySelector('[role="dialog"]')) {
      document.querySelector(`.st-key-${CSS.escape(key)} button`)?.focus({ preventScroll: true });
    }
    if (performance.now() < end) setTimeout(look, 100);
  };
  look();
}
