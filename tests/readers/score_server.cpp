// SPDX-License-Identifier: Apache-2.0
// Answers requests on standard input, a line each, with one line each:
//   skeletonize exact|scikit_image A B C | RUNS |    ->  RUNS
//   lesions CONNECTIVITY THRESHOLD SMALLEST_VOXELS A B C | RUNS | RUNS |
//                                                    ->  TP FP FN SQ RQ PQ DICE
//   overlap A B C | RUNS | RUNS |                    ->  nine figures, in the order of overlap()
//   generalized_dice A B C | RUNS | RUNS | ...       ->  FIGURE; truth and prediction of each class
//   wilcoxon VALUES                                  ->  STATISTIC P_VALUE
//   summarize VALUES                                 ->  five figures, in the order of summarize()
//   bootstrap RESAMPLES VALUES                       ->  LOW HIGH
// RUNS is run-length text; a figure that does not exist is "none".
#include <fmt/format.h>

#include <iostream>
#include <iterator>
#include <map>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "tests/readers/serve_lines.h"
#include "volseg/mask/run_text.h"
#include "volseg/score/lesions.h"
#include "volseg/score/overlap.h"
#include "volseg/score/statistics.h"
#include "volseg/score/topology.h"

namespace {

using volseg::core::Shape3;
using volseg::mask::RunMask;
namespace score = volseg::score;

std::string word(const std::optional<double>& value) {
  return value ? fmt::format("{:.17g}", *value) : "none";
}

std::string line_of(const std::vector<std::optional<double>>& values) {
  std::string line;
  for (const std::optional<double>& value : values) {
    line += (line.empty() ? "" : " ") + word(value);
  }
  return line;
}

Shape3 read_shape(std::istream& words) {
  Shape3 shape{};
  words >> shape[0] >> shape[1] >> shape[2];
  return shape;
}

// Masks of one shape, each before a bar.
std::vector<RunMask> read_masks(std::istream& words) {
  const Shape3 shape = read_shape(words);
  std::vector<RunMask> masks;
  std::string text;
  std::getline(words, text, '|');
  while (std::getline(words, text, '|')) {
    masks.push_back(volseg::mask::parse_runs_or_throw(text, shape));
  }
  return masks;
}

std::vector<double> read_values(std::istream& words) {
  return {std::istream_iterator<double>(words), std::istream_iterator<double>()};
}

std::string skeletonize(std::istream& words) {
  std::string rule;
  words >> rule;
  const RunMask mask = read_masks(words).at(0);
  return volseg::mask::format_runs(score::skeletonize(
      mask, rule == "exact" ? score::ThinningRule::kExact : score::ThinningRule::kScikitImage));
}

std::string lesions(std::istream& words) {
  using volseg::mask::Connectivity;
  static const std::map<int, Connectivity> connectivities = {
      {6, Connectivity::k6}, {18, Connectivity::k18}, {26, Connectivity::k26}};
  int connectivity = 0;
  score::LesionSettings settings{.voxel_volume_ml = 1};
  words >> connectivity >> settings.iou_threshold_fraction >> settings.smallest_ml;
  settings.connectivity = connectivities.at(connectivity);
  const std::vector<RunMask> masks = read_masks(words);
  const score::LesionScore found = score::score_lesions(masks.at(0), masks.at(1), settings);
  return line_of(
      {static_cast<double>(found.true_positive()), static_cast<double>(found.false_positive()),
       static_cast<double>(found.false_negative()), score::segmentation_quality(found),
       score::lesion_f1(found), score::panoptic_quality(found), score::matched_lesion_dice(found)});
}

std::string overlap(std::istream& words) {
  const std::vector<RunMask> masks = read_masks(words);
  const score::OverlapCounts counts = score::count_overlap(masks.at(0), masks.at(1));
  return line_of({score::dice(counts), score::iou(counts), score::precision(counts),
                  score::recall(counts), score::specificity(counts),
                  score::volume_similarity(counts), score::relative_volume_difference(counts),
                  score::absolute_volume_difference_ml(counts, 1), score::cohen_kappa(counts)});
}

std::string generalized_dice(std::istream& words) {
  const std::vector<RunMask> masks = read_masks(words);
  std::vector<score::OverlapCounts> classes;
  for (size_t i = 0; i + 1 < masks.size(); i += 2) {
    classes.push_back(score::count_overlap(masks[i], masks[i + 1]));
  }
  return word(score::generalized_dice(classes));
}

std::string wilcoxon(std::istream& words) {
  const auto found = score::wilcoxon_signed_rank(read_values(words));
  return found ? line_of({found->statistic, found->p_value}) : "none none";
}

std::string summarize(std::istream& words) {
  const score::Summary summary = score::summarize(read_values(words)).value();
  return line_of({summary.mean, summary.median, summary.standard_deviation, summary.percentile_5,
                  summary.percentile_95});
}

std::string bootstrap(std::istream& words) {
  score::BootstrapSettings settings;
  words >> settings.resamples;
  const score::Interval found = score::bootstrap_mean(read_values(words), settings).value();
  return line_of({found.low, found.high});
}

std::string answer(const std::string& line) {
  using Answer = std::string (*)(std::istream&);
  static const std::map<std::string, Answer> answers = {
      {"skeletonize", skeletonize}, {"lesions", lesions},
      {"overlap", overlap},         {"generalized_dice", generalized_dice},
      {"wilcoxon", wilcoxon},       {"summarize", summarize},
      {"bootstrap", bootstrap}};
  std::istringstream words(line);
  std::string request;
  words >> request;
  return answers.at(request)(words);
}

}  // namespace

int main() {
  return volseg::tests::serve_lines([](const std::string& line) {
    std::cout << answer(line) << '\n' << std::flush;
  });
}
