// Takes the points of the map out of their bytes (ui/map/component.py, `pack`) and leaves them for map.js.
// Decoded once, kept while the page lives: the map asks for them by their digest.
export default function ({ data }) {
  const store = (window.dxMapPoints ??= { points: null, waiting: new Set() });
  const bytes = data.slice();
  const length = new DataView(bytes.buffer).getUint32(0, true);
  const head = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  if (store.points && store.points.digest === head.digest) return;
  let at = 4 + length;
  const take = (Type) => {
    const array = new Type(bytes.buffer, at, head.n);
    at += head.n * Type.BYTES_PER_ELEMENT;
    return array;
  };
  store.points = {
    ...head,
    ids: take(Float64Array), x: take(Float32Array), y: take(Float32Array),
    clusters: take(Int32Array), documents: take(Int32Array), pages: take(Int32Array),
  };
  for (const waiting of store.waiting) waiting();
}
