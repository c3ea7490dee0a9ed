export default function ({ data, parentElement }) {
  const root = rootOf(parentElement, "dx-rich");
  root.classList.toggle("dx-muted", Boolean(data.muted));
  root.replaceChildren();
  build(data.nodes, root, null);
}
