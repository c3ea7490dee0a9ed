// Loads plotly.js from this app once, for whatever draws with it.
function loadPlotly(address) {
  window.dxPlotly ??= new Promise((resolve, reject) => {
    const script = make("script");
    script.src = address;
    script.addEventListener("load", () => resolve(window.Plotly));
    script.addEventListener("error", () => { window.dxPlotly = undefined; reject(new Error("plotly.js")); });
    document.head.append(script);
  });
  return window.dxPlotly;
}
