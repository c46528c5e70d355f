"use strict";
(() => {
  const figures = JSON.parse(document.getElementById("figures").textContent);
  const root = document.documentElement;
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const print = matchMedia("print");
  // The width of an A4 page between its margins, in CSS pixels, and of half of it.
  const PRINTED = 686;
  const PRINTED_HALF = 330;
  const NARROW = 480;
  const LONGEST_NAME = 17;
  const config = { displayModeBar: false, responsive: false, showTips: false };
  const scales = {};
  let isPrinting = false;

  // Roles of colour, "@cost", become the theme's colours, wherever a key speaks of colour.
  const coloured = (node, style) => {
    if (typeof node === "string" && /^@[a-z0-9-]+$/.test(node)) {
      return style.getPropertyValue("--" + node.slice(1)).trim();
    }
    if (Array.isArray(node)) return node.map((each) => coloured(each, style));
    if (node !== null && typeof node === "object") return inTheme(node, style);
    return node;
  };
  const inTheme = (node, style) => {
    if (Array.isArray(node)) return node.map((each) => inTheme(each, style));
    if (node === null || typeof node !== "object") return node;
    const found = {};
    for (const [key, value] of Object.entries(node)) {
      found[key] = /color$/.test(key) ? coloured(value, style) : inTheme(value, style);
    }
    return found;
  };
  const shortened = (text) => (text.length > LONGEST_NAME ? text.slice(0, LONGEST_NAME - 1) + "…" : text);

  const draw = (chart) => {
    const width = isPrinting ? (chart.closest(".half") ? PRINTED_HALF : PRINTED) : chart.clientWidth;
    if (!width) return;
    const style = getComputedStyle(root);
    const figure = inTheme(figures[chart.id], style);
    const layout = figure.layout;
    layout.width = width;
    layout.height = parseFloat(getComputedStyle(chart).getPropertyValue("--height"));
    layout.font.family = getComputedStyle(document.body).fontFamily;
    if (chart.id in scales) Object.assign(layout.yaxis, figure.scales[scales[chart.id]]);
    if (width < NARROW) {
      layout.margin.l = Math.min(layout.margin.l, 52);
      if (layout.xaxis.nticks) layout.xaxis.nticks = Math.min(layout.xaxis.nticks, 4);
      if (layout.yaxis.autorange !== true && layout.yaxis.tickmode === "array" && layout.yaxis.type !== "log") {
        layout.yaxis.ticktext = layout.yaxis.ticktext.map(shortened);
      }
      if (layout.xaxis.tickmode === "array") {
        layout.xaxis.tickvals = layout.xaxis.tickvals.filter((_, k) => k % 2 === 0);
        layout.xaxis.ticktext = layout.xaxis.ticktext.filter((_, k) => k % 2 === 0);
      }
    }
    Plotly.react(chart, figure.data, layout, config);
    chart.dataset.drawn = "";
  };
  const drawAll = () => document.querySelectorAll(".chart").forEach(draw);

  // One strategy at a time, also in print; all of them where no script runs.
  const chapters = [...document.querySelectorAll(".chapter")];
  const radios = [...document.querySelectorAll("input[name=chapter]")];
  const show = (id) => {
    chapters.forEach((chapter) => (chapter.hidden = chapter.id !== id));
    radios.forEach((radio) => (radio.checked = radio.value === id));
    document.getElementById(id).querySelectorAll(".chart").forEach(draw);
  };
  const follow = () => {
    const target = document.getElementById(location.hash.slice(1));
    const chapter = target && target.closest(".chapter");
    if (chapter && chapter.hidden) {
      show(chapter.id);
      target.scrollIntoView();
    }
  };
  radios.forEach((radio) => radio.addEventListener("change", () => show(radio.value)));
  if (radios.length) show(radios[0].value);
  addEventListener("hashchange", follow);

  document.querySelectorAll("button[data-scale]").forEach((button) =>
    button.addEventListener("click", () => {
      scales[button.dataset.chart] = button.dataset.scale;
      for (const other of button.parentElement.children) other.setAttribute("aria-pressed", String(other === button));
      draw(document.getElementById(button.dataset.chart));
    }),
  );

  const setPrinting = (on) => {
    if (on === isPrinting) return;
    isPrinting = on;
    root.toggleAttribute("data-print", on);
    drawAll();
  };
  addEventListener("beforeprint", () => setPrinting(true));
  addEventListener("afterprint", () => setPrinting(false));
  print.addEventListener("change", (event) => setPrinting(event.matches));
  dark.addEventListener("change", drawAll);
  let lastWidth = innerWidth;
  let waiting = 0;
  addEventListener("resize", () => {
    if (innerWidth === lastWidth || isPrinting) return;
    lastWidth = innerWidth;
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 120);
  });

  drawAll();
  follow();
  root.dataset.ready = "";
})();
