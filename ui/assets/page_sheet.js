// A page's image with what lies on it: marks of the passage and of what was found, and its words, which can be
// selected. All places are shares of the page, so nothing is drawn anew when it is shown larger.

const RULER = document.createElement("canvas").getContext("2d");
const LETTERS = "Arial, sans-serif"; // of the words that are measured here and never seen
const WIDE_GAP = 3; // heights of a line; a wider gap ends a mark

function sheetOf(view, alt) {
  const image = new Image(view.width, view.height);
  image.alt = alt;
  image.src = view.source;
  const sheet = make("div", "dx-sheet", image, make("div", "dx-layer dx-boxes", ...view.boxes.map((box) => placed("dx-box", box))));
  sheet.style.aspectRatio = `${view.width} / ${view.height}`;
  sheet.append(make("div", "dx-layer dx-founds"));
  if (view.words.length) sheet.append(wordLayer(view.words, view.height / view.width));
  markFound(sheet, view);
  return sheet;
}

// Makes a sheet that is shown already show the same page drawn with other pixels, or with other places marked.
function refreshSheet(sheet, view) {
  const image = sheet.querySelector("img");
  if (image.getAttribute("src") !== view.source) image.src = view.source;
  [image.width, image.height] = [view.width, view.height];
  markFound(sheet, view);
}

function placed(className, [left, top, right, bottom]) {
  const box = make("div", className);
  box.style.left = `${left * 100}%`;
  box.style.top = `${top * 100}%`;
  box.style.width = `${(right - left) * 100}%`;
  box.style.height = `${(bottom - top) * 100}%`;
  return box;
}

function markFound(sheet, view) {
  const now = view.now ? String(view.now) : "";
  const boxes = view.found.flatMap((span) => spanBoxes(view.words, span)
    .map((box) => placed(String(span) === now ? "dx-hit-box dx-now" : "dx-hit-box", box)));
  sheet.querySelector(".dx-founds").replaceChildren(...boxes);
}

// The boxes around a span of the text, by the places of its words: a part of a word is as wide as its share of
// letters. One box a line, as far as the words stand side by side.
function spanBoxes(words, [start, end]) {
  const boxes = [];
  for (const [from, to, , left, top, right, bottom] of words) {
    if (from >= end || to <= start) continue;
    const share = (at) => left + ((right - left) * (Math.min(Math.max(at, from), to) - from)) / (to - from);
    const box = [share(start), top, share(end), bottom];
    const last = boxes.at(-1);
    if (last && isBeside(last, box)) {
      last[1] = Math.min(last[1], box[1]);
      last[2] = box[2];
      last[3] = Math.max(last[3], box[3]);
    } else boxes.push(box);
  }
  return boxes;
}

function isBeside(one, other) {
  const height = Math.min(one[3] - one[1], other[3] - other[1]);
  const overlap = Math.min(one[3], other[3]) - Math.max(one[1], other[1]);
  const gap = other[0] - one[2];
  return overlap > height / 2 && gap > -height && gap < WIDE_GAP * height;
}

// One element a word, as high as its line and stretched to its place; it reaches to the next word of the line, so
// that what is selected has no gaps. A line's last word ends in a line break, which is copied along.
function wordLayer(words, ratio) {
  const layer = make("div", "dx-layer dx-words");
  RULER.font = `100px ${LETTERS}`;
  words.forEach((word, index) => {
    const [, , text, left, top, right, bottom] = word;
    const next = words[index + 1];
    const goesOn = next && /\s$/.test(text) && isBeside(word.slice(3), next.slice(3)) && next[3] > left;
    const said = goesOn ? text.replace(/\s$/, " ") : text.trimEnd();
    const size = (bottom - top) * ratio; // in widths of the page
    const natural = (RULER.measureText(said).width / 100) * size;
    const wanted = (goesOn ? next[3] : right) - left;
    const element = make("span", "", said);
    element.dataset.start = word[0];
    element.style.left = `${left * 100}%`;
    element.style.top = `${top * 100}%`;
    element.style.fontSize = `${size * 100}cqw`;
    if (natural > 0) element.style.transform = `scaleX(${wanted / natural})`;
    layer.append(element);
    if (!goesOn && /\s$/.test(text)) layer.append(make("br"));
  });
  return layer;
}
