// Formulas as MathML, from the LaTeX that language models write most. A formula that holds anything else is shown
// as it was written. Every sign is set as text; no name of an element comes from a formula.

const MATHML = "http://www.w3.org/1998/Math/MathML";
const SIGNS_OF_LATEX = Object.fromEntries((
  "alpha α beta β gamma γ delta δ epsilon ϵ varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ lambda λ mu μ nu ν xi ξ pi π "
  + "rho ρ sigma σ tau τ upsilon υ phi ϕ varphi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Phi Φ Psi Ψ Omega Ω "
  + "times × cdot ⋅ div ÷ pm ± mp ∓ le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ equiv ≡ sim ∼ simeq ≃ propto ∝ infty ∞ partial ∂ nabla ∇ "
  + "sum ∑ prod ∏ int ∫ oint ∮ to → rightarrow → leftarrow ← Rightarrow ⇒ Leftrightarrow ⇔ mapsto ↦ in ∈ notin ∉ subset ⊂ subseteq ⊆ "
  + "cup ∪ cap ∩ emptyset ∅ forall ∀ exists ∃ neg ¬ land ∧ lor ∨ ldots … cdots ⋯ dots … circ ∘ bullet • star ⋆ ast ∗ langle ⟨ rangle ⟩ "
  + "lfloor ⌊ rfloor ⌋ lceil ⌈ rceil ⌉ mid ∣ parallel ∥ perp ⊥ angle ∠ degree ° prime ′ hbar ℏ ell ℓ Re ℜ Im ℑ ll ≪ gg ≫"
).split(" ").reduce((pairs, each, at, all) => (at % 2 ? pairs : [...pairs, [each, all[at + 1]]]), []));
const FUNCTIONS = new Set("sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln exp lim max min sup inf det gcd arg dim ker deg Pr".split(" "));
const SPACES = { ",": "0.17em", ";": "0.28em", ":": "0.22em", " ": "0.25em", quad: "1em", qquad: "2em", "!": "0em" };
const FONTS = new Set("text textbf textit mathrm mathbf mathit mathbb mathcal operatorname mathsf".split(" "));
const ACCENTS = { hat: "^", bar: "¯", overline: "¯", vec: "→", tilde: "~", dot: "˙" };
const LETTERS_OF_SETS = { R: "ℝ", N: "ℕ", Z: "ℤ", Q: "ℚ", C: "ℂ", P: "ℙ", E: "𝔼" };
const DEEPEST = 40;

class Unknown extends Error {}

function mathElement(name, ...children) {
  const element = document.createElementNS(MATHML, name);
  element.append(...children);
  return element;
}

function formulaOf(source, isApart) {
  try {
    const tokens = source.match(/\\[a-zA-Z]+|\\[\s\S]|\d+(?:[.,]\d+)*|[\s\S]/gu) || [];
    const reader = { tokens, at: 0, depth: 0 };
    const row = mathRow(reader, null);
    const formula = mathElement("math", row);
    formula.setAttribute("display", isApart ? "block" : "inline");
    formula.setAttribute("aria-label", source.trim());
    return formula;
  } catch (error) {
    if (!(error instanceof Unknown)) throw error;
    return make("code", isApart ? "dx-formula" : "", source.trim());
  }
}

// What stands up to `end` ("}" or "\right"), which is passed over; to the formula's end where it is null.
function mathRow(reader, end) {
  if ((reader.depth += 1) > DEEPEST) throw new Unknown();
  const row = mathElement("mrow");
  for (;;) {
    const token = reader.tokens[reader.at];
    if (token === undefined) {
      if (end !== null) throw new Unknown();
      break;
    }
    if (token === end) {
      reader.at += 1;
      break;
    }
    const base = mathPiece(reader);
    if (base) row.append(scripted(reader, base));
  }
  reader.depth -= 1;
  return row;
}

function scripted(reader, base) {
  let [below, above] = [null, null];
  for (;;) {
    while (/^\s$/.test(reader.tokens[reader.at] || "")) reader.at += 1;
    const token = reader.tokens[reader.at];
    if (token === "_" && !below) {
      reader.at += 1;
      below = argument(reader);
    } else if (token === "^" && !above) {
      reader.at += 1;
      above = argument(reader);
    } else if (token === "'") {
      reader.at += 1;
      above = mathElement("mo", "′");
    } else break;
  }
  const isTall = /^[∑∏]$|^(lim|max|min|sup|inf)$/.test(base.textContent);
  if (below && above) return mathElement(isTall ? "munderover" : "msubsup", base, below, above);
  if (below) return mathElement(isTall ? "munder" : "msub", base, below);
  return above ? mathElement(isTall ? "mover" : "msup", base, above) : base;
}

function argument(reader) {
  while (/^\s$/.test(reader.tokens[reader.at] || "")) reader.at += 1;
  if (reader.tokens[reader.at] === "{") {
    reader.at += 1;
    return mathRow(reader, "}");
  }
  const piece = mathPiece(reader);
  if (!piece) throw new Unknown();
  return piece;
}

function mathPiece(reader) {
  const token = reader.tokens[reader.at];
  if (token === undefined) throw new Unknown();
  reader.at += 1;
  if (/^\s$/.test(token) || token === "&") return null;
  if (token === "{") return mathRow(reader, "}");
  if (token === "}" || token === "^" || token === "_") throw new Unknown();
  if (token[0] === "\\") return mathCommand(reader, token.slice(1));
  if (/^\d/.test(token)) return mathElement("mn", token);
  if (/^\p{L}$/u.test(token)) return mathElement("mi", token);
  return mathElement("mo", token === "-" ? "−" : token);
}

function mathCommand(reader, name) {
  if (name in SPACES) {
    const space = mathElement("mspace");
    space.setAttribute("width", SPACES[name]);
    return space;
  }
  if (/^[{}%$#&_|]$/.test(name)) return mathElement("mo", name === "|" ? "‖" : name);
  if (FUNCTIONS.has(name)) return mathElement("mi", name);
  if (Object.hasOwn(SIGNS_OF_LATEX, name)) {
    const sign = SIGNS_OF_LATEX[name];
    return mathElement(/^\p{L}$/u.test(sign) ? "mi" : "mo", sign);
  }
  if (["frac", "dfrac", "tfrac"].includes(name)) return mathElement("mfrac", argument(reader), argument(reader));
  if (name === "sqrt") return root(reader);
  if (FONTS.has(name)) return words(reader, name);
  if (Object.hasOwn(ACCENTS, name)) return mathElement("mover", argument(reader), mathElement("mo", ACCENTS[name]));
  if (name === "left") return fenced(reader);
  if (name === "displaystyle" || name === "limits" || name === "nonumber") return null;
  throw new Unknown();
}

function root(reader) {
  if (reader.tokens[reader.at] !== "[") return mathElement("msqrt", argument(reader));
  reader.at += 1;
  const degree = mathRow(reader, "]");
  return mathElement("mroot", argument(reader), degree);
}

function words(reader, font) {
  if (reader.tokens[reader.at] !== "{") throw new Unknown();
  reader.at += 1;
  let text = "";
  for (let depth = 1; ; reader.at += 1) {
    const token = reader.tokens[reader.at];
    if (token === undefined) throw new Unknown();
    if (token === "{") depth += 1;
    if (token === "}" && (depth -= 1) === 0) break;
    text += token.replace(/^\\(?=[^a-zA-Z])/, "");
  }
  reader.at += 1;
  if (font === "mathbb") return mathElement("mi", LETTERS_OF_SETS[text] || text);
  const element = mathElement(font.startsWith("text") ? "mtext" : "mi", text);
  if (font.startsWith("math") && text.length === 1) element.setAttribute("mathvariant", "normal");
  return element;
}

function fenced(reader) {
  const opening = fence(reader);
  const inside = mathRow(reader, "\\right");
  return mathElement("mrow", opening, inside, fence(reader));
}

function fence(reader) {
  const token = reader.tokens[reader.at];
  reader.at += 1;
  if (token === ".") return mathElement("mo", "");
  if (/^[()[\]|/]$/.test(token || "")) return mathElement("mo", token);
  if (/^\\[{}]$/.test(token || "")) return mathElement("mo", token[1]);
  if (Object.hasOwn(SIGNS_OF_LATEX, (token || "").slice(1))) return mathElement("mo", SIGNS_OF_LATEX[token.slice(1)]);
  throw new Unknown();
}
