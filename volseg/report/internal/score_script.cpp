// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/score_page_parts.h"

namespace volseg::report::internal {

namespace {

constexpr std::string_view kScoreStyle = R"css(
[hidden] { display: none !important; }
.alarm { border-left: .3rem solid #d1480f; padding: .5rem .8rem; margin: 0 0 1rem;
  background: color-mix(in srgb, #d1480f 12%, transparent); }
.findings { padding-left: 1.2rem; margin: .8rem 0; font-size: .9rem; max-height: 16rem;
  overflow: auto; overflow-wrap: anywhere; }
.prose td { vertical-align: top; }
.controls { display: none; position: sticky; top: 0; z-index: 2; flex-wrap: wrap; gap: .3rem;
  align-items: center; background: var(--page); padding: .6rem 0; margin-top: .6rem; }
.js .controls { display: flex; }
.controls span { color: var(--quiet); font-size: .85rem; margin: 0 .2rem 0 .6rem; }
button { font: inherit; font-size: .85rem; color: var(--ink); background: var(--card);
  border: 1px solid var(--line); border-radius: 6px; padding: .2rem .6rem; cursor: pointer;
  max-width: 18rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
button:hover { border-color: var(--accent); }
button[aria-pressed="true"] { background: var(--accent); border-color: var(--accent);
  color: var(--card); }
.chart { overflow-x: auto; } .choice .chart svg { min-width: 640px; }
.chart .dots { fill: none; stroke: var(--accent); stroke-width: 5; stroke-linecap: round;
  stroke-opacity: .5; }
.chart .dots.fine { stroke-width: 3.4; }
.chart .dots.dim { stroke-opacity: .04; }
.chart .quartiles { fill: var(--ink); fill-opacity: .07; stroke: var(--quiet); }
.chart .whisker { stroke: var(--quiet); }
.chart .interval { stroke: var(--ink); stroke-width: 3; stroke-opacity: .7; }
.chart .figure { fill: var(--ink); font-variant-numeric: tabular-nums; }
.pair path { fill: none; stroke-width: 1.6; stroke-opacity: .55; stroke-linecap: round; }
.pair.better path { stroke: rgb(86,180,233); } .pair.worse path { stroke: rgb(235,95,30); }
.pair.same path { stroke: var(--quiet); }
.pair:hover path { stroke-width: 4; stroke-opacity: 1; }
.tip { position: fixed; z-index: 3; pointer-events: none; background: var(--ink);
  color: var(--card); border-radius: 6px; padding: .3rem .6rem; font-size: .85rem;
  max-width: 26rem; overflow-wrap: anywhere; }
.highlight .keys { max-height: 9rem; overflow: auto; } .js .highlight span { cursor: pointer; }
.highlight span.chosen { font-weight: 700; text-decoration: underline; }
.highlight i { height: .7rem; width: .7rem; border-radius: 50%; }
figure.error { border-top: 1px solid var(--line); padding-top: .8rem; }
figure.error img { display: block; margin-bottom: .4rem; }
.filters { display: flex; flex-wrap: wrap; gap: .4rem .8rem; align-items: center;
  margin-bottom: .6rem; font-size: .85rem; }
.filters input, .filters select { font: inherit; color: var(--ink); background: var(--page);
  border: 1px solid var(--line); border-radius: 6px; padding: .2rem .5rem; max-width: 11rem; }
.filters input[type="number"] { width: 6rem; }
.viewport { overflow: auto; max-height: 34rem; }
.viewport td { height: 30px; padding: 0 .7rem; white-space: nowrap; max-width: 18rem;
  overflow: hidden; text-overflow: ellipsis; }
.viewport tr.space td { padding: 0; border: 0; max-width: none; }
@media print { .controls, .filters, .tip { display: none !important; }
  .scroll, .viewport, .findings { max-height: none; overflow: visible; }
  body { background: #fff; } section { border: 0; padding: 0; }
  figure, svg { break-inside: avoid; } th { position: static; } }
)css";

constexpr std::string_view kChoiceScript = R"js(
{
const data = JSON.parse(document.getElementById("scores").textContent);
document.documentElement.classList.add("js");
const state = { set: "0", metric: data.main };
const choose = () => {
  for (const part of document.querySelectorAll(".choice")) {
    const other = key => part.dataset["show" + key] !== undefined &&
                         part.dataset["show" + key] !== state[key.toLowerCase()];
    part.hidden = other("Set") || other("Metric"); }
  for (const button of document.querySelectorAll(".controls button")) {
    const { chooseSet, chooseMetric } = button.dataset;
    button.setAttribute("aria-pressed", chooseSet === undefined ? chooseMetric === state.metric
                                                                 : chooseSet === state.set); } };
for (const button of document.querySelectorAll(".controls button"))
  button.addEventListener("click", () => {
    const before = button.getBoundingClientRect().top;
    state.set = button.dataset.chooseSet ?? state.set;
    state.metric = button.dataset.chooseMetric ?? state.metric;
    choose();
    scrollBy(0, button.getBoundingClientRect().top - before); });
choose();

const metricAt = key => data.metrics.findIndex(metric => metric.key === key);
const text = (value, metric) => value === null || value === undefined ? "-"
  : !isFinite(value) ? (value > 0 ? "inf" : "-inf")
  : metric.fraction ? value.toFixed(4) : Number.isInteger(value) ? String(value) : value.toFixed(3);
const valueOf = (set, metric, row, kind) => {
  const all = data.sets[set].values[metric];
  return all[row * data.sets[set].classes.length + kind]; };

const tip = document.createElement("div");
tip.className = "tip"; tip.hidden = true; document.body.append(tip);
const places = new WeakMap();
const dotsOf = path => {
  if (!places.has(path)) places.set(path, [...path.getAttribute("d").matchAll(
    /M([-\d.]+) ([-\d.]+)/g)].map(match => [Number(match[1]), Number(match[2])]));
  return places.get(path); };
const casesOf = path => {
  if (path.dataset.cases) return path.dataset.cases.split(" ").map(Number);
  if (path.dataset.values) return path.dataset.values.split(",").flatMap(
    (value, index) => value === "" ? [] : [index]);
  const set = Number(path.dataset.set), metric = metricAt(path.dataset.metric);
  return data.sets[set].cases.flatMap((name, index) =>
    valueOf(set, metric, index, Number(path.dataset.class)) === null ? [] : [index]); };
const describe = (path, dot) => {
  const row = casesOf(path)[dot];
  if (path.dataset.values)
    return `${data.common_cases[row]}, ${path.dataset.row}: difference ` +
           path.dataset.values.split(",")[row];
  const set = Number(path.dataset.set), kind = Number(path.dataset.class);
  const parts = [path.dataset.metric, "truth_volume_ml"].map(metricAt)
    .filter(at => at >= 0)
    .map(at => `${data.metrics[at].head} ${text(valueOf(set, at, row, kind), data.metrics[at])}`);
  return `${data.sets[set].cases[row]}, ${data.sets[set].classes[kind]}: ${parts.join(", ")}`; };
for (const svg of document.querySelectorAll(".chart svg")) {
  if (!svg.querySelector(".dots")) continue;
  svg.addEventListener("pointermove", event => {
    const at = new DOMPoint(event.clientX, event.clientY)
      .matrixTransform(svg.getScreenCTM().inverse());
    let least = 64, found = null;
    for (const path of svg.querySelectorAll(".dots:not(.dim)"))
      dotsOf(path).forEach(([x, y], index) => {
        const far = (x - at.x) ** 2 + (y - at.y) ** 2;
        if (far < least) { least = far; found = [path, index]; } });
    tip.hidden = !found;
    if (!found) return;
    tip.textContent = describe(...found);
    tip.style.left = Math.min(event.clientX + 14, innerWidth - tip.offsetWidth - 8) + "px";
    tip.style.top = event.clientY + 16 + "px"; });
  svg.addEventListener("pointerleave", () => { tip.hidden = true; });
}
for (const key of document.querySelectorAll(".highlight span"))
  key.addEventListener("click", () => {
    const keys = [...key.parentElement.children], on = !key.classList.contains("chosen");
    const paths = key.closest(".choice").querySelectorAll(".dots");
    for (const other of keys) other.classList.toggle("chosen", on && other === key);
    for (const path of paths)
      path.classList.toggle("dim", on && Number(path.dataset.class) !== keys.indexOf(key)); });
)js";

constexpr std::string_view kTableScript = R"js(
const kRow = 31, kMostPrinted = 1000;
const element = (tag, options, ...children) => {
  const made = Object.assign(document.createElement(tag), options);
  made.append(...children); return made; };

// Only the rows in sight are in the document.
class ValueTable {
  constructor(place, columns, rows) {
    this.columns = columns; this.all = rows; this.rows = rows; this.sorted = null; this.up = true;
    this.wide = false; this.told = element("span", { className: "quiet" });
    this.head = element("tr"); this.body = element("tbody");
    this.view = element("div", { className: "viewport" }, element("table", {},
      element("thead", {}, this.head), this.body));
    this.view.addEventListener("scroll", () => this.draw());
    addEventListener("beforeprint", () => this.draw(true));
    addEventListener("afterprint", () => this.draw());
    place.append(this.filters(), this.view);
    this.sort(columns.find(column => column.key === data.main) ?? columns[0], !data.lower);
  }
  filters() {
    const search = element("input", { type: "search", placeholder: "case or class" });
    const metric = element("select", {}, ...this.columns.filter(column => column.number).map(
      column => element("option", { value: column.key, textContent: column.head })));
    const compare = element("select", {}, element("option", { textContent: "\u2264" }),
                                          element("option", { textContent: "\u2265" }));
    const bound = element("input", { type: "number", step: "any", placeholder: "any" });
    metric.value = data.main;
    const apply = () => {
      const wanted = search.value.toLowerCase(), limit = parseFloat(bound.value);
      const column = this.columns.find(each => each.key === metric.value);
      const names = this.columns.filter(each => !each.number);
      this.rows = this.all.filter(row => {
        if (wanted && !names.some(each => each.get(row).toLowerCase().includes(wanted)))
          return false;
        if (isNaN(limit)) return true;
        const value = column.get(row);
        return value !== null && (compare.selectedIndex ? value >= limit : value <= limit); });
      this.sort(this.sorted, this.up); };
    for (const input of [search, metric, compare, bound]) input.addEventListener("input", apply);
    const line = element("div", { className: "filters" }, search, metric, compare, bound);
    if (this.columns.some(column => column.more)) {
      const wide = element("input", { type: "checkbox" });
      wide.addEventListener("input", () => { this.wide = wide.checked; this.draw(); });
      line.append(element("label", {}, wide, " all metrics")); }
    line.append(this.told);
    return line;
  }
  sort(column, up) {
    this.sorted = column; this.up = up;
    const last = up ? Infinity : -Infinity, order = up ? 1 : -1;
    const keys = new Map(this.rows.map(row => [row, column.get(row)]));
    this.rows = [...this.rows].sort((first, second) => {
      const x = keys.get(first), y = keys.get(second);
      if (x === null || y === null) return (x === null) - (y === null);
      return order * (column.number ? (x === y ? 0 : x < y ? -1 : 1)
                                    : x.localeCompare(y, undefined, { numeric: true })); });
    this.told.textContent = `${this.rows.length} of ${this.all.length} rows`;
    this.view.scrollTop = 0; this.draw();
  }
  draw(print) {
    const shown = this.columns.filter(column => this.wide || !column.more);
    this.head.replaceChildren(...shown.map(column => {
      const cell = element("th", { textContent: column.head, title: column.title ?? "" });
      if (column.number) cell.className = "number";
      if (column === this.sorted) cell.setAttribute(this.up ? "data-up" : "data-down", "");
      cell.addEventListener("click", () =>
        this.sort(column, column === this.sorted ? !this.up : true));
      return cell; }));
    const first = print ? 0 : Math.max(0, Math.floor(this.view.scrollTop / kRow) - 10);
    const last = print ? Math.min(this.rows.length, kMostPrinted)
                       : Math.min(this.rows.length, first + 50);
    const space = rows => { const cell = element("td", { colSpan: shown.length });
      cell.style.height = rows * kRow + "px";
      return element("tr", { className: "space" }, cell); };
    const lines = this.rows.slice(first, last).map(row => element("tr", {}, ...shown.map(column => {
      const value = column.get(row);
      const words = column.number ? text(value, column) : value;
      return element("td", { textContent: words, title: column.number ? "" : words,
                             className: column.number ? "number" : "" }); })));
    if (print && last < this.rows.length) lines.push(element("tr", {}, element("td",
      { colSpan: shown.length,
        textContent: `${this.rows.length - last} more rows are not printed` })));
    this.body.replaceChildren(...(first > 0 ? [space(first)] : []), ...lines,
      ...(!print && last < this.rows.length ? [space(this.rows.length - last)] : []));
  }
}

const names = (several, withClass) => {
  const columns = [];
  if (several) columns.push({ key: "set", head: "set", get: row => data.sets[row.set].name });
  columns.push({ key: "case", head: "case", get: row => data.sets[row.set].cases[row.at] });
  if (data.sets.some(set => set.folds.some(fold => fold !== "")))
    columns.push({ key: "fold", head: "fold", get: row => data.sets[row.set].folds[row.at] });
  if (withClass)
    columns.push({ key: "class", head: "class", get: row => data.sets[row.set].classes[row.kind] });
  return columns; };
const described = (metric, get) => ({ key: metric.key, head: metric.head, title: metric.name,
  fraction: metric.fraction, number: true, more: !metric.shown, get });
const place = document.getElementById("class-values");
if (place) {
  const several = data.sets.length > 1;
  new ValueTable(place, [...names(several, true), ...data.metrics.map((metric, index) =>
      described(metric, row => valueOf(row.set, index, row.at, row.kind)))],
    data.sets.flatMap((set, at) => set.cases.flatMap((name, row) =>
      set.classes.map((kind, index) => ({ set: at, at: row, kind: index })))));
  new ValueTable(document.getElementById("case-values"), [...names(several, false),
    ...data.metrics.map((metric, index) =>
      described(metric, row => data.sets[row.set].means[index][row.at])),
    ...data.case_metrics.map((metric, index) =>
      described(metric, row => data.sets[row.set].case_values[index][row.at]))],
    data.sets.flatMap((set, at) => set.cases.map((name, row) => ({ set: at, at: row }))));
}
}
)js";

}  // namespace

std::string_view score_style() { return kScoreStyle; }

std::string score_script() { return std::string(kChoiceScript) + std::string(kTableScript); }

}  // namespace volseg::report::internal
