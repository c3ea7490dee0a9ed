// Two buttons that have the map on the page save itself as a picture (map_picture.js). `files`: a name by ending.
export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "dx-map-export");
  root.replaceChildren(...[["png", "Picture (PNG)"], ["svg", "Drawing (SVG)"]].map(([ending, text]) => {
    const button = make("button", "dx-map-save", text);
    button.type = "button";
    button.addEventListener("click", () => document.querySelector(".dx-map")?.dxMap?.save(ending, data.files[ending]));
    return button;
  }));
}
