// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/internal/case_pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/report/internal/html.h"
#include "volseg/report/internal/predicted_masks.h"
#include "volseg/report/slices.h"

namespace volseg::report::internal {

namespace {

constexpr int64_t kPanelEdgePixels = 360;

std::optional<double> dice_of(const score::CaseScore& scored, size_t class_index) {
  return class_index < scored.classes.size() ? scored.classes[class_index].dice : std::nullopt;
}

// The classes to show, in their own order.
std::vector<size_t> choose_classes(const score::ScoreTable& scores, size_t most_classes) {
  std::vector<size_t> classes(scores.class_means.size());
  std::iota(classes.begin(), classes.end(), size_t{0});
  std::ranges::stable_sort(
      classes, {}, [&](size_t index) { return scores.class_means[index].dice.value_or(2.0); });
  classes.resize(std::min(classes.size(), most_classes));
  std::ranges::sort(classes);
  return classes;
}

// Only the asked class has voxels, so that it keeps the colour of its place.
std::vector<mask::RunMask> alone(mask::RunMask mask, size_t class_index) {
  std::vector<mask::RunMask> masks(class_index + 1, mask::RunMask{mask.shape, {}});
  masks.back() = std::move(mask);
  return masks;
}

std::string figure(const Picture& picture, const std::string& caption) {
  const core::Buffer png = encode_png(picture);
  return fmt::format(
      "<figure><img alt=\"{0}\" width=\"{1}\" height=\"{2}\" src=\"data:image/png;base64,{3}\">"
      "<figcaption>{0}</figcaption></figure>\n",
      escape_html(caption), picture.width, picture.height, base64(png.bytes()));
}

// One case in memory.
struct LoadedCase {
  volume::Volume image;
  std::vector<mask::RunMask> truth;
};

std::string draw_request(const LoadedCase& loaded, const PredictedMasks& predictions,
                         const PictureRequest& request) {
  const mask::RunMask& truth = loaded.truth[request.class_index];
  mask::RunMask predicted =
      predictions.load(request.case_name, request.class_index, loaded.image.header.shape);
  SliceOptions options;
  options.panel_edge_pixels = kPanelEdgePixels;
  options.position = middle_of(truth);
  if (!options.position) {
    options.position = middle_of(predicted);
  }
  const std::vector<Overlay> overlays{
      {.masks = alone(truth, request.class_index)},
      {.masks = alone(std::move(predicted), request.class_index), .dashed = true}};
  return figure(draw_planes(loaded.image, overlays, options), request.caption);
}

}  // namespace

std::vector<PictureRequest> choose_pictures(const score::ScoreTable& scores, size_t most_classes) {
  std::vector<PictureRequest> requests;
  for (const size_t index : choose_classes(scores, most_classes)) {
    std::vector<std::pair<double, const score::CaseScore*>> ranked;
    for (const score::CaseScore& scored : scores.cases) {
      if (const std::optional<double> dice = dice_of(scored, index)) {
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

std::string draw_pictures(const std::filesystem::path& truth,
                          const std::filesystem::path& prediction,
                          const std::vector<PictureRequest>& requests,
                          core::ProgressSink* progress) {
  const dataset::Dataset data = dataset::Dataset::open(truth);
  const PredictedMasks predictions(prediction, data.class_names());
  core::Progress counter(progress, "report", static_cast<int64_t>(requests.size()), "pictures");
  std::map<std::string, std::vector<size_t>> by_case;
  for (size_t i = 0; i < requests.size(); ++i) {
    by_case[requests[i].case_name].push_back(i);
  }
  std::vector<std::string> figures(requests.size());
  for (const auto& [name, numbers] : by_case) {
    const dataset::Row& row = data.row(name);
    LoadedCase loaded{data.load_volume(row), {}};
    loaded.truth = data.load_masks(row, loaded.image.header.shape);
    for (const size_t number : numbers) {
      if (requests[number].class_index < loaded.truth.size()) {
        figures[number] = draw_request(loaded, predictions, requests[number]);
      }
      counter.advance();
    }
  }
  return std::accumulate(figures.begin(), figures.end(), std::string());
}

}  // namespace volseg::report::internal
