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
}
