// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/report/internal/error_picture.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"
#include "volseg/report/internal/worst_cases.h"
#include "volseg/score/value_text.h"

namespace volseg::report::internal {

namespace {

using score::ScoreTable;

std::string image_html(const Picture& picture, const std::string& alternative) {
  const core::Buffer png = encode_png(picture);
  return fmt::format("<img alt=\"{}\" width=\"{}\" height=\"{}\" src=\"data:image/png;base64,{}\">",
                     escape_html(alternative), picture.width, picture.height, base64(png.bytes()));
}

std::string caption_of(const ScoreView& view, const ScoreTable& table, const WorstCase& worst) {
  const score::CaseScore& scored = table.cases[worst.case_index];
  const score::ClassScore& each = scored.classes[worst.class_index];
  std::string text = fmt::format("{}, {}", scored.case_name, each.class_name);
  for (const size_t index : view.shown) {
    const score::Metric& metric = view.metrics()[index];
    text +=
        fmt::format("; {} {}{}", metric.short_name, score::value_text(each.values[index], metric),
                    metric.unit == "fraction" ? "" : " " + metric.unit);
  }
  return text;
}

std::string figure(const ErrorPicture& picture, const std::string& caption) {
  std::string html = "<figure class=\"error\">";
  if (picture.detail) {
    html += image_html(*picture.detail, "around the error: " + caption);
  }
  return html + image_html(picture.whole, caption) + "<figcaption><b>" + escape_html(caption) +
         "</b><br>" + escape_html(picture.place) + "</figcaption></figure>\n";
}

std::string failed_figure(const std::string& caption, const Error& error) {
  return fmt::format(
      "<figure class=\"error\"><figcaption><b>{}</b><br>No picture: {}"
      "</figcaption></figure>\n",
      escape_html(caption), escape_html(error.what()));
}

// The classes of a case by name, as labels without names differ from case to case.
size_t class_in(const score::ComparedCase& compared, const std::string& name) {
  const auto found = std::ranges::find(compared.class_names, name);
  if (found == compared.class_names.end()) {
    throw Error(ErrorKind::kNotFound, "report.score_page", "no class " + name + " in this case");
  }
  return static_cast<size_t>(found - compared.class_names.begin());
}

// Draws the chosen classes of one case; the case is read once.
void draw_case_errors(const ScoreView& view, const ScoreTable& table,
                      const score::Comparison& comparison, const std::vector<WorstCase>& chosen,
                      const std::vector<size_t>& numbers, std::vector<std::string>& figures) {
  const std::string& name = table.cases[chosen[numbers.front()].case_index].case_name;
  std::optional<score::ComparedCase> compared;
  std::optional<volume::Volume> image;
  for (const size_t number : numbers) {
    const WorstCase& worst = chosen[number];
    const std::string caption = caption_of(view, table, worst);
    try {
      if (!compared) {
        const auto found = std::ranges::find(comparison.case_names(), name);
        const int64_t index = found - comparison.case_names().begin();
        compared = comparison.load(index);
        image = comparison.load_image(index);
      }
      const size_t index = class_in(*compared, table.class_names[worst.class_index]);
      figures[number] = figure(draw_error(*compared, index, image), caption);
    } catch (const Error& error) {
      figures[number] = failed_figure(caption, error);
    }
  }
}

std::string set_pictures(const ScoreView& view, size_t set, core::Progress& progress) {
  const ScoreTable& table = view.scores.sets[set];
  const std::vector<WorstCase> chosen =
      choose_worst(table, view.shown.front(), static_cast<size_t>(view.options.pictures));
  if (chosen.empty()) {
    return "<p class=\"quiet\">Nothing differs in any case.</p>\n";
  }
  const score::Comparison comparison(view.options.truth, view.options.predictions[set],
                                     view.options.scoring.sides);
  std::map<size_t, std::vector<size_t>> by_case;
  for (size_t i = 0; i < chosen.size(); ++i) {
    by_case[chosen[i].case_index].push_back(i);
  }
  std::vector<std::string> figures(chosen.size());
  for (const auto& [case_index, numbers] : by_case) {
    if (const core::CancelToken* cancel = view.options.scoring.work.cancel) {
      cancel->throw_if_requested("report.score_page");
    }
    draw_case_errors(view, table, comparison, chosen, numbers, figures);
    progress.advance(std::ssize(numbers));
  }
  std::string html;
  for (const std::string& each : figures) {
    html += each;
  }
  return html;
}

}  // namespace

std::string score_pictures(const ScoreView& view) {
  if (view.options.pictures == 0 || view.options.predictions.empty()) {
    return "";
  }
  const auto sets = view.scores.sets.size();
  core::Progress progress(view.options.scoring.work.progress, "report",
                          view.options.pictures * static_cast<int64_t>(sets), "pictures");
  std::string html = fmt::format(
      "<p class=\"quiet\">The lowest ranks by {}, through the deepest voxel of the largest "
      "connected "
      "error; a case or class comes again only when the others have come as often.</p>\n",
      escape_html(view.main_metric().name));
  html += html_keys({{"true positive (blue)", kTruePositiveColor},
                     {"false positive: predicted only (yellow)", kFalsePositiveColor},
                     {"false negative: missed (red)", kFalseNegativeColor}});
  for (size_t set = 0; set < sets; ++set) {
    html += html_choice(set, "", set_pictures(view, set, progress));
  }
  return html_section("Where it fails", html);
}

}  // namespace volseg::report::internal
