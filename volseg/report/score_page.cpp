// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/score_page.h"

#include <fmt/format.h>

#include <algorithm>

#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/score_page_parts.h"

namespace volseg::report {

namespace {

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "report.score_page", message);
}

void check_options(const score::SetScores& scores, const ScorePageOptions& options) {
  if (scores.sets.empty()) {
    refuse("no set of scores; expected one at least");
  }
  if (!options.predictions.empty() && options.predictions.size() != scores.sets.size()) {
    refuse(fmt::format("{} of predictions for {}; expected one for each",
                       core::counted(std::ssize(options.predictions), "path"),
                       core::counted(std::ssize(scores.sets), "set")));
  }
  if (options.pictures < 0 || options.pictures > kMostScorePictures) {
    refuse(fmt::format("{} pictures; expected 0 to {}", options.pictures, kMostScorePictures));
  }
  if (!options.rank_by.empty() && !scores.sets.front().index_of(options.rank_by)) {
    refuse("metric " + options.rank_by + " was not computed");
  }
}

std::string subtitle_of(const score::SetScores& scores, const ScorePageOptions& options) {
  std::string text = options.truth.empty() ? "" : options.truth.filename().string() + ": ";
  return text + core::listed(scores.sets.size(), scores.sets.size(),
                             [&](size_t i) { return scores.sets[i].set_name; });
}

}  // namespace

namespace internal {

ScoreView::ScoreView(const score::SetScores& all, const ScorePageOptions& how)
    : scores(all), options(how) {
  const score::ScoreTable& first = scores.sets.front();
  const std::optional<size_t> wanted = first.index_of(options.rank_by);
  if (wanted) {
    shown.push_back(*wanted);
  }
  for (size_t i = 0; i < first.class_metrics.size(); ++i) {
    if (first.class_metrics[i].headline && i != wanted) {
      shown.push_back(i);
    }
  }
  const auto count = static_cast<int64_t>(first.class_metrics.size());
  const bool all_fit = values_of_a_metric() * count <= kMostTableValues;
  for (size_t i = 0; i < first.class_metrics.size(); ++i) {
    if (all_fit || std::ranges::find(shown, i) != shown.end()) {
      in_table.push_back(i);
    }
  }
  all_points = values_of_a_metric() * std::ssize(shown) <= kMostDots;
}

int64_t ScoreView::values_of_a_metric() const {
  int64_t count = 0;
  for (const score::ScoreTable& table : scores.sets) {
    count += std::ssize(table.cases) * std::ssize(table.class_names);
  }
  return count;
}

std::string html_choice(std::optional<size_t> set, std::string_view metric, std::string_view body) {
  if (body.empty()) {
    return "";
  }
  std::string html = "<div class=\"choice\"";
  html += set ? fmt::format(" data-show-set=\"{}\"", *set) : "";
  html += metric.empty() ? "" : fmt::format(" data-show-metric=\"{}\"", escape_html(metric));
  return html + ">" + std::string(body) + "</div>\n";
}

std::string score_controls(const ScoreView& view) {
  std::string html = "<div class=\"controls\">";
  if (view.scores.sets.size() > 1) {
    html += "<span>Set:</span>";
    for (size_t i = 0; i < view.scores.sets.size(); ++i) {
      html += fmt::format("<button data-choose-set=\"{}\">{}</button>", i,
                          escape_html(view.scores.sets[i].set_name));
    }
  }
  html += "<span>Metric:</span>";
  for (const size_t index : view.shown) {
    const score::Metric& metric = view.metrics()[index];
    html += fmt::format("<button data-choose-metric=\"{}\" title=\"{}\">{}</button>",
                        escape_html(metric.key), escape_html(metric.definition),
                        escape_html(metric.short_name));
  }
  return html + "</div>\n";
}

}  // namespace internal

std::string score_page(const score::SetScores& scores, const ScorePageOptions& options) {
  check_options(scores, options);
  const internal::ScoreView view(scores, options);
  std::string sections = internal::score_head(view);
  if (!scores.sets.front().class_names.empty()) {
    sections += internal::score_controls(view) + internal::score_comparison(view) +
                internal::score_summaries(view) + internal::score_distributions(view) +
                internal::score_volumes(view) + internal::score_pictures(view) +
                internal::score_values(view);
  }
  sections += internal::score_definitions(view);
  const std::string data = internal::score_data(view);
  sections += fmt::format("<p class=\"quiet\">This page has {}.</p>\n",
                          core::size_text(std::ssize(sections) + std::ssize(data)));
  sections += "<script type=\"application/json\" id=\"scores\">" + data + "</script>\n";
  return internal::html_page("volseg score", subtitle_of(scores, options), sections,
                             {internal::score_style(), internal::score_script()});
}

void write_score_page(const score::SetScores& scores, const ScorePageOptions& options,
                      const std::filesystem::path& file, core::Overwrite overwrite) {
  core::write_text(file, score_page(scores, options), overwrite);
}

}  // namespace volseg::report
