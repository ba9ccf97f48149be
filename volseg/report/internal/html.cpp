// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/html.h"

#include <fmt/format.h>

#include "volseg/core/version.h"

namespace volseg::report::internal {

namespace {

constexpr std::string_view kStyle = R"css(
:root { color-scheme: light dark; --ink: #1c2530; --quiet: #66727f; --line: #dfe4ea; --card: #fff;
  --page: #f5f7f9; --accent: #1f6feb; }
@media (prefers-color-scheme: dark) { :root { --ink: #e4e9ef; --quiet: #94a0ad; --line: #303a45;
  --card: #1a2129; --page: #11161c; --accent: #6ea8fe; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 16px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; margin: 0; } h2 { font-size: 1.15rem; margin: 0 0 .8rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .4rem; }
.quiet { color: var(--quiet); margin: .2rem 0; font-size: .9rem; overflow-wrap: anywhere; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px;
  padding: 1.1rem 1.2rem; margin-top: 1.2rem; }
.scroll { overflow: auto; max-height: 34rem; } .charts + .scroll { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { padding: .35rem .7rem; text-align: left; border-bottom: 1px solid var(--line); }
th { position: sticky; top: 0; background: var(--card); cursor: pointer; white-space: nowrap; }
th:hover { color: var(--accent); } th[data-up]::after { content: " \2191"; }
th[data-down]::after { content: " \2193"; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr)); gap: .8rem; }
.tile { border: 1px solid var(--line); border-radius: 8px; padding: .6rem .8rem; }
.tile b { display: block; font-size: 1.25rem; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
.tile span { color: var(--quiet); font-size: .8rem; }
pre { overflow: auto; max-height: 26rem; margin: 0; font-size: .82rem; }
figure { margin: .4rem 0 1rem; } figcaption { color: var(--quiet); font-size: .85rem; }
img { max-width: 100%; height: auto; border-radius: 6px; background: #000; }
.chart svg { width: 100%; height: auto; display: block; }
.chart text { fill: var(--quiet); font-size: 12px; }
.chart .title { fill: var(--ink); font-size: 14px; font-weight: 600; }
.chart .grid { stroke: var(--line); } .chart .axis { stroke: var(--quiet); }
.chart polyline { fill: none; stroke-width: 1.6; stroke-linejoin: round; }
.chart .main { stroke-width: 2.6; }
.chart circle { fill-opacity: .25; } .chart circle:hover { fill-opacity: 1; }
.chart .point { fill-opacity: .9; } .chart .range { stroke: var(--accent);
  stroke-width: var(--range, 1.4px); }
.chart .box { fill: var(--accent); fill-opacity: .45; }
.chart .middle { stroke: var(--ink); stroke-width: 2; }
.charts { display: grid; gap: .6rem 1.6rem;
  grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr)); }
.chart { min-width: 0; }
@media (max-width: 30rem) { .chart text { font-size: 16px; } section { padding: .9rem .8rem; } }
.keys { display: flex; flex-wrap: wrap; gap: .2rem 1rem; font-size: .85rem;
  margin: .3rem 0 1rem; overflow-wrap: anywhere; }
.keys i { display: inline-block; width: .9rem; height: .25rem; margin-right: .4rem;
  vertical-align: middle; border-radius: 2px; }
)css";

constexpr std::string_view kScript = R"js(
for (const head of document.querySelectorAll("th")) head.addEventListener("click", () => {
  const table = head.closest("table"), column = head.cellIndex;
  const up = !head.hasAttribute("data-up");
  for (const other of table.querySelectorAll("th")) {
    other.removeAttribute("data-up"); other.removeAttribute("data-down"); }
  head.setAttribute(up ? "data-up" : "data-down", "");
  const key = row => { const text = row.cells[column].textContent;
    const number = text === "inf" ? Infinity : parseFloat(text);
    return head.classList.contains("number") ? (isNaN(number) ? -Infinity : number) : text; };
  const order = (a, b) => { const x = key(a), y = key(b);
    return typeof x === "string" ? x.localeCompare(y, undefined, { numeric: true })
                                 : (x === y ? 0 : x < y ? -1 : 1); };
  const body = table.tBodies[0], rows = [...body.rows].sort(order);
  body.append(...(up ? rows : rows.reverse()));
});
)js";

std::string html_rows(const std::vector<std::vector<Cell>>& rows) {
  std::string html;
  for (const std::vector<Cell>& row : rows) {
    html += "<tr>";
    for (const Cell& cell : row) {
      html += cell.number ? "<td class=\"number\">" : "<td>";
      html += escape_html(cell.text) + "</td>";
    }
    html += "</tr>\n";
  }
  return html;
}

}  // namespace

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  for (const char letter : text) {
    switch (letter) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      case '\'':
        escaped += "&#39;";
        break;
      default:
        escaped += letter;
    }
  }
  return escaped;
}

std::string base64(std::span<const std::byte> bytes) {
  constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const size_t count = std::min<size_t>(3, bytes.size() - i);
    uint32_t word = 0;
    for (size_t k = 0; k < 3; ++k) {
      word = word << 8 | (k < count ? std::to_integer<uint32_t>(bytes[i + k]) : 0);
    }
    for (size_t k = 0; k < 4; ++k) {
      text += k <= count ? kLetters[word >> (18 - 6 * k) & 63U] : '=';
    }
  }
  return text;
}

std::string html_table(const std::vector<std::string>& headings,
                       const std::vector<std::vector<Cell>>& rows,
                       const std::vector<std::vector<Cell>>& foot) {
  std::string html = "<div class=\"scroll\"><table><thead><tr>";
  for (size_t i = 0; i < headings.size(); ++i) {
    const bool number = !rows.empty() && i < rows.front().size() && rows.front()[i].number;
    html += number ? "<th class=\"number\">" : "<th>";
    html += escape_html(headings[i]) + "</th>";
  }
  html += "</tr></thead><tbody>\n" + html_rows(rows) + "</tbody>";
  html += foot.empty() ? "" : "<tfoot>" + html_rows(foot) + "</tfoot>";
  return html + "</table></div>\n";
}

std::string css_color(const std::array<uint8_t, 3>& color) {
  return fmt::format("rgb({},{},{})", color[0], color[1], color[2]);
}

std::string html_keys(const std::vector<ColorKey>& keys) {
  std::string html = "<div class=\"keys\">";
  for (const ColorKey& key : keys) {
    html += fmt::format("<span><i style=\"background:{}\"></i>{}</span>", css_color(key.color),
                        escape_html(key.name));
  }
  return html + "</div>\n";
}

std::string html_section(std::string_view title, std::string_view body) {
  std::string html = "<section><h2>" + escape_html(title) + "</h2>\n";
  html += body;
  return html + "</section>\n";
}

std::string html_missing(std::string_view what) {
  return "<p class=\"quiet\">" + escape_html(what) + ": not recorded</p>\n";
}

std::string html_tiles(const std::vector<Tile>& tiles) {
  std::string html = "<div class=\"tiles\">";
  for (const Tile& tile : tiles) {
    html += "<div class=\"tile\"><b>" + escape_html(tile.value) + "</b><span>" +
            escape_html(tile.label) + "</span></div>\n";
  }
  return html + "</div>\n";
}

std::string html_page(std::string_view title, std::string_view subtitle, std::string_view sections,
                      const PageExtras& extras) {
  const std::string heading = escape_html(title);
  std::string html =
      "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; "
      "style-src 'unsafe-inline'; script-src 'unsafe-inline'\">"
      "<title>" +
      heading + "</title><style>";
  html += kStyle;
  html += extras.style;
  html += "</style></head><body><main>\n<h1>" + heading + "</h1>\n<p class=\"quiet\">";
  html += escape_html(subtitle) + "</p>\n";
  html += sections;
  html += "<p class=\"quiet\">Written by volseg " VOLSEG_VERSION ".</p>\n</main><script>";
  html += kScript;
  html += extras.script;
  return html + "</script></body></html>\n";
}

}  // namespace volseg::report::internal
