// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/strip_chart.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "volseg/report/internal/html.h"
#include "volseg/report/internal/text_table.h"

namespace volseg::report::internal {

namespace {

constexpr double kTop = 34;
constexpr double kLeastRow = 18;
constexpr double kMostRow = 72;
constexpr double kRowsTogether = 220;  // height that a few rows share
constexpr size_t kMostNameLetters = 30;
constexpr double kLeastBox = 1.5;

double row_height(size_t rows) {
  return std::clamp(kRowsTogether / static_cast<double>(std::max<size_t>(rows, 1)), kLeastRow,
                    kMostRow);
}

ChartFrame frame_of(const StripChart& chart) {
  ChartFrame frame;
  frame.width = kStripWidth;
  frame.left = chart.axis.first;
  frame.right = chart.axis.last;
  frame.top = kTop;
  frame.bottom = kTop + row_height(chart.rows.size()) * static_cast<double>(chart.rows.size());
  frame.height = frame.bottom + 42;
  frame.x = chart.axis.range;
  return frame;
}

std::string line(const char* style, double x1, double y1, double x2, double y2) {
  return fmt::format("<line class=\"{}\" x1=\"{:.1f}\" x2=\"{:.1f}\" y1=\"{:.1f}\" y2=\"{:.1f}\"/>",
                     style, x1, x2, y1, y2);
}

std::string draw_grid(const StripChart& chart, const ChartFrame& frame) {
  std::string svg;
  for (const Tick& tick : chart.axis.ticks()) {
    const double x = frame.left_of(tick.value);
    svg += line("grid", x, frame.top, x, frame.bottom) + "\n";
  }
  if (chart.axis.infinite) {
    const double x = *chart.axis.infinite;
    svg += line("grid", x, frame.top, x, frame.bottom) +
           fmt::format("<text x=\"{:.1f}\" y=\"{:.1f}\" text-anchor=\"middle\">inf</text>\n", x,
                       frame.bottom + 19);
  }
  return svg;
}

std::string draw_box(const StripChart& chart, const StripRow& row, double y, double half) {
  const Quantiles& box = *row.box;
  const auto x = [&](double value) { return chart.axis.place(value); };
  const double left = x(box.lower_quartile);
  return "<g>" + line("whisker", x(box.percentile_5), y, x(box.percentile_95), y) +
         fmt::format(
             "<rect class=\"quartiles\" x=\"{:.1f}\" y=\"{:.1f}\" width=\"{:.1f}\" "
             "height=\"{:.1f}\"/>",
             left, y - half, std::max(kLeastBox, x(box.upper_quartile) - left), 2 * half) +
         line("middle", x(box.median), y - half, x(box.median), y + half) +
         fmt::format("<title>{}</title></g>\n", escape_html(row.box_text));
}

std::string draw_mark(const StripChart& chart, const StripRow& row, double y, double half) {
  const double x = chart.axis.place(*row.mark);
  const std::string bar = row.has_range ? line("interval", chart.axis.place(row.range[0]), y,
                                               chart.axis.place(row.range[1]), y)
                                        : "";
  return "<g>" + bar + line("middle", x, y - half, x, y + half) +
         fmt::format("<title>{}</title></g>\n", escape_html(row.box_text));
}

bool is_drawn(const StripChart& chart, const StripRow& row, double value) {
  return !chart.only_outliers || !row.box || value < row.box->percentile_5 ||
         value > row.box->percentile_95;
}

std::string draw_dots(const StripChart& chart, const StripRow& row, double y, double height) {
  std::string path;
  std::string cases;
  for (size_t i = 0; i < row.values.size(); ++i) {
    if (row.values[i] && is_drawn(chart, row, *row.values[i])) {
      path += dot_at(chart.axis.place(*row.values[i]), y + jitter_of(i) * (height - 6));
      cases += fmt::format("{}{}", cases.empty() ? "" : " ", i);
    }
  }
  const std::string chosen =
      chart.only_outliers ? fmt::format(" data-cases=\"{}\"", cases) : std::string();
  return path.empty() ? ""
                      : fmt::format("<path class=\"dots{}\" {}{} d=\"{}\"/>\n",
                                    height > kLeastRow ? "" : " fine", row.data, chosen, path);
}

std::string draw_texts(const StripRow& row, double y) {
  return fmt::format(
      "<text x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}<title>{}</title></text>"
      "<text class=\"figure\" x=\"{}\" y=\"{:.1f}\" text-anchor=\"end\">{}</text>\n",
      kStripLeft - 12, y + 4, escape_html(terminal_text(row.name, kMostNameLetters)),
      escape_html(row.name), kStripWidth - 6, y + 4, escape_html(row.note));
}

}  // namespace

std::optional<Quantiles> quantiles_of(std::vector<double> values) {
  if (values.empty()) {
    return std::nullopt;
  }
  std::ranges::sort(values);
  const auto at = [&](double fraction) {
    const double rank = fraction * static_cast<double>(values.size() - 1);
    const auto low = static_cast<size_t>(rank);
    const double share = rank - static_cast<double>(low);
    if (share == 0 || std::isinf(values[low])) {
      return values[low];
    }
    return std::isinf(values[low + 1]) ? values[low + 1]
                                       : std::lerp(values[low], values[low + 1], share);
  };
  return Quantiles{at(0.05), at(0.25), at(0.5), at(0.75), at(0.95)};
}

double jitter_of(size_t case_index) {
  constexpr double kGoldenTurn = 0.6180339887498949;
  const double turns = static_cast<double>(case_index) * kGoldenTurn + 0.5;
  return turns - std::floor(turns) - 0.5;
}

std::string dot_at(double x, double y) { return fmt::format("M{:.1f} {:.1f}h0", x, y); }

std::string draw_strips(const StripChart& chart) {
  const ChartFrame frame = frame_of(chart);
  const double height = row_height(chart.rows.size());
  const double half = std::min(height / 2 - 4, 14.0);
  std::string svg = open_chart(frame, chart.title) + draw_grid(chart, frame) +
                    draw_x_axis(frame, chart.axis.ticks(), chart.axis_name) +
                    draw_title(frame, chart.title) +
                    fmt::format("<text x=\"{}\" y=\"18\" text-anchor=\"end\">{}</text>\n",
                                kStripWidth - 6, escape_html(chart.note_name));
  for (size_t i = 0; i < chart.rows.size(); ++i) {
    const StripRow& row = chart.rows[i];
    const double y = frame.top + height * (static_cast<double>(i) + 0.5);
    svg += draw_texts(row, y);
    const std::string box = row.box ? draw_box(chart, row, y, half) : "";
    const std::string dots = draw_dots(chart, row, y, height);
    svg += height > kLeastRow ? box + dots : dots + box;
    svg += row.mark ? draw_mark(chart, row, y, half) : "";
  }
  return svg + "</svg></div>\n";
}

}  // namespace volseg::report::internal
