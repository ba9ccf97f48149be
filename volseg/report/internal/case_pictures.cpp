// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/case_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <numeric>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/plane_layout.h"
#include "volseg/report/slices.h"
#include "volseg/score/comparison.h"

namespace volseg::report::internal {

namespace {

constexpr int64_t kPanelEdgePixels = 480;
constexpr std::array<uint8_t, 3> kWhite{255, 255, 255};

constexpr std::string_view kDice = "dice";

score::MetricValue dice_of(const score::ScoreTable& scores, const score::CaseScore& scored,
                           size_t class_index) {
  return class_index < scored.classes.size() ? scores.value(scored.classes[class_index], kDice)
                                             : std::nullopt;
}

// The classes to show, in their own order.
std::vector<size_t> choose_classes(const score::ScoreTable& scores, size_t most_classes) {
  std::vector<size_t> classes(scores.class_names.size());
  std::iota(classes.begin(), classes.end(), size_t{0});
  std::ranges::stable_sort(
      classes, {}, [&](size_t index) { return scores.class_mean(index, kDice).value_or(2.0); });
  classes.resize(std::min(classes.size(), most_classes));
  std::ranges::sort(classes);
  return classes;
}

std::string figure(const Picture& picture, const std::string& caption) {
  const core::Buffer png = encode_png(picture);
  return fmt::format(
      "<figure><img alt=\"{0}\" width=\"{1}\" height=\"{2}\" src=\"data:image/png;base64,{3}\">"
      "<figcaption>{0}</figcaption></figure>\n",
      escape_html(caption), picture.width, picture.height, base64(png.bytes()));
}

// One case in memory, masks in the order of the truth's classes.
struct LoadedCase {
  volume::Volume image;
  score::CaseMasks masks;
};

std::string geometry_note(const LoadedCase& loaded) {
  return orientation_known(loaded.image.header.geometry)
             ? ""
             : "; orientation not known: planes across array axes 2, 1 and 0";
}

std::string draw_class(const LoadedCase& loaded, size_t index, const std::string& caption) {
  if (index >= loaded.masks.truth.size()) {
    return "";
  }
  SliceOptions options{.panel_edge_pixels = kPanelEdgePixels};
  options.position = middle_of(loaded.masks.truth[index]);
  if (!options.position) {
    options.position = middle_of(loaded.masks.prediction[index]);
  }
  const std::vector<Overlay> overlays{
      {.masks = {loaded.masks.truth[index]}, .color = class_color(static_cast<int64_t>(index))},
      {.masks = {loaded.masks.prediction[index]}, .dashed = true, .color = kWhite}};
  return figure(draw_planes(loaded.image, overlays, options), caption + geometry_note(loaded));
}

std::string draw_overview(const LoadedCase& loaded, const std::vector<std::string>& class_names,
                          const std::string& caption) {
  SliceOptions options{.panel_edge_pixels = kPanelEdgePixels};
  const auto largest = std::ranges::max_element(
      loaded.masks.truth, {}, [](const mask::RunMask& each) { return mask::area(each); });
  if (largest != loaded.masks.truth.end()) {
    options.position = middle_of(*largest);
  }
  const auto draw = [&](const std::vector<mask::RunMask>& masks, const std::string& side) {
    return figure(draw_planes(loaded.image, {{.masks = masks, .filled = true}}, options), side);
  };
  std::vector<ColorKey> keys;
  for (size_t i = 0; i < class_names.size(); ++i) {
    keys.push_back({class_names[i], class_color(static_cast<int64_t>(i))});
  }
  return html_keys(keys) + draw(loaded.masks.truth, "Truth: " + caption + geometry_note(loaded)) +
         draw(loaded.masks.prediction, "Prediction: the same planes");
}

}  // namespace

std::optional<PictureRequest> choose_overview(const score::ScoreTable& scores) {
  std::vector<const score::CaseScore*> ranked;
  for (const score::CaseScore& scored : scores.cases) {
    if (scores.case_mean(scored, kDice)) {
      ranked.push_back(&scored);
    }
  }
  if (ranked.empty()) {
    return std::nullopt;
  }
  std::ranges::stable_sort(ranked, {},
                           [&](const auto* scored) { return *scores.case_mean(*scored, kDice); });
  const score::CaseScore& middle = *ranked[(ranked.size() - 1) / 2];
  return PictureRequest{
      middle.case_name,
      {},
      fmt::format("case {}, mean Dice {:.3f}, through the middle of its largest class",
                  middle.case_name, *scores.case_mean(middle, kDice))};
}

std::vector<PictureRequest> choose_pictures(const score::ScoreTable& scores, size_t most_classes) {
  std::vector<PictureRequest> requests;
  for (const size_t index : choose_classes(scores, most_classes)) {
    std::vector<std::pair<double, const score::CaseScore*>> ranked;
    for (const score::CaseScore& scored : scores.cases) {
      if (const std::optional<double> dice = dice_of(scores, scored, index)) {
        ranked.emplace_back(*dice, &scored);
      }
    }
    if (ranked.empty()) {
      continue;
    }
    const auto [worst, best] =
        std::ranges::minmax_element(ranked, {}, &std::pair<double, const score::CaseScore*>::first);
    const auto add = [&](const auto& chosen, const std::string& kind) {
      requests.push_back({chosen.second->case_name, index,
                          fmt::format("{}, {} case {}: Dice {:.3f}", scores.class_names[index],
                                      kind, chosen.second->case_name, chosen.first)});
    };
    if (ranked.size() == 1) {
      add(*best, "only");
    } else {
      add(*best, "best");
      add(*worst, "worst");
    }
  }
  return requests;
}

std::vector<std::string> draw_pictures(const std::filesystem::path& truth,
                                       const score::Comparison& comparison,
                                       const std::vector<PictureRequest>& requests,
                                       core::ProgressSink* progress) {
  const dataset::Dataset data = dataset::Dataset::open(truth);
  core::Progress counter(progress, "report", static_cast<int64_t>(requests.size()), "pictures");
  std::map<std::string, std::vector<size_t>> by_case;
  for (size_t i = 0; i < requests.size(); ++i) {
    by_case[requests[i].case_name].push_back(i);
  }
  std::vector<std::string> figures(requests.size());
  for (const auto& [name, numbers] : by_case) {
    const auto position = std::ranges::find(comparison.case_names(), name);
    const LoadedCase loaded{data.load_volume(data.row(name)),
                            comparison.load(position - comparison.case_names().begin()).masks};
    for (const size_t number : numbers) {
      const PictureRequest& request = requests[number];
      figures[number] = request.class_index
                            ? draw_class(loaded, *request.class_index, request.caption)
                            : draw_overview(loaded, data.class_names(), request.caption);
      counter.advance();
    }
  }
  return figures;
}

}  // namespace volseg::report::internal
