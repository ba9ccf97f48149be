// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <numeric>

#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset::internal {

namespace {

constexpr size_t kFewestImages = 8;
constexpr double kDeviations = 6;
// Turns a median absolute deviation into a standard deviation of normal data.
constexpr double kNormalScale = 1.4826;

struct Measured {
  const Row* row;
  const ImageFacts* facts;
};

double median_of(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<int64_t>(values.size() / 2);
  std::ranges::nth_element(values, middle);
  return *middle;
}

struct Usual {
  double median = 0;
  double reach = 0;  ///< values further off than this are outliers
};

Usual usual_of(const std::vector<double>& values, double least_reach) {
  Usual usual{.median = median_of(values)};
  std::vector<double> distances;
  for (const double value : values) {
    distances.push_back(std::abs(value - usual.median));
  }
  const double deviation = kNormalScale * median_of(std::move(distances));
  usual.reach = std::max(least_reach, kDeviations * deviation);
  return usual;
}

class OutlierCheck {
 public:
  OutlierCheck(std::vector<Measured> images, FindingSink& sink)
      : images_(std::move(images)), sink_(sink) {}

  // Values that are compared as ratios: outliers are `least_factor` times the median or more.
  template <typename Value>
  void ratios(std::string_view code, double least_factor, const Value& value_of,
              const std::function<std::string(const ImageFacts&)>& text_of) {
    const auto logarithm = [&](const ImageFacts& facts) { return std::log(value_of(facts)); };
    differences(code, std::log(least_factor), logarithm, text_of);
  }

  template <typename Value>
  void differences(std::string_view code, double least_reach, const Value& value_of,
                   const std::function<std::string(const ImageFacts&)>& text_of) {
    std::vector<double> values;
    for (const Measured& image : images_) {
      values.push_back(value_of(*image.facts));
    }
    if (values.size() < kFewestImages) {
      return;
    }
    const Usual usual = usual_of(values, least_reach);
    const auto nearest = std::ranges::min_element(
        values, {}, [&](double value) { return std::abs(value - usual.median); });
    const Measured& typical = images_[static_cast<size_t>(nearest - values.begin())];
    for (size_t index = 0; index < images_.size(); ++index) {
      if (std::abs(values[index] - usual.median) > usual.reach) {
        report(code, images_[index], typical, text_of);
      }
    }
  }

 private:
  void report(std::string_view code, const Measured& image, const Measured& typical,
              const std::function<std::string(const ImageFacts&)>& text_of) {
    if (last_ == std::pair(code, image.row)) {
      return;
    }
    last_ = {code, image.row};
    sink_.add(make_finding(
        code, {.member = image.row->member}, text_of(*image.facts),
        fmt::format("{} is usual, as in {}", text_of(*typical.facts), typical.row->member)));
  }

  std::vector<Measured> images_;
  FindingSink& sink_;
  std::pair<std::string_view, const Row*> last_;
};

void check_intensity(OutlierCheck& check, const std::vector<Measured>& images) {
  std::vector<double> ranges;
  for (const Measured& image : images) {
    ranges.push_back(image.facts->range);
  }
  const double usual_range = median_of(ranges);
  const auto text = [](const ImageFacts& facts) {
    return fmt::format("median {:.6g}, range {:.6g}", facts.median, facts.range);
  };
  constexpr double kMostRanges = 3;
  check.differences(
      "intensity-outlier", std::max(kMostRanges * usual_range, 1e-300),
      [](const ImageFacts& facts) { return facts.median; }, text);
  constexpr double kMostFactor = 10;
  check.ratios(
      "intensity-outlier", kMostFactor,
      [](const ImageFacts& facts) { return std::max(facts.range, 1e-300); }, text);
}

}  // namespace

void check_outliers(const std::vector<const Row*>& rows, const std::vector<RowOutcome>& outcomes,
                    FindingSink& sink) {
  std::vector<Measured> all;
  std::vector<Measured> with_spacing;
  std::vector<Measured> with_contrast;
  for (size_t index = 0; index < rows.size(); ++index) {
    if (const std::optional<ImageFacts>& facts = outcomes[index].facts) {
      all.push_back({rows[index], &*facts});
      if (facts->spacing_mm) {
        with_spacing.push_back(all.back());
      }
      if (facts->range > 0) {
        with_contrast.push_back(all.back());
      }
    }
  }
  constexpr double kMostFactor = 3;
  OutlierCheck shapes(all, sink);
  OutlierCheck spacings(with_spacing, sink);
  for (size_t axis = 0; axis < 3; ++axis) {
    shapes.ratios(
        "shape-outlier", kMostFactor,
        [axis](const ImageFacts& facts) { return static_cast<double>(facts.shape[axis]); },
        [](const ImageFacts& facts) { return core::to_string(facts.shape); });
    spacings.ratios(
        "spacing-outlier", kMostFactor,
        [axis](const ImageFacts& facts) { return (*facts.spacing_mm)[axis]; },
        [](const ImageFacts& facts) {
          const auto& spacing = *facts.spacing_mm;
          return fmt::format("{:.6g} x {:.6g} x {:.6g} mm", spacing[0], spacing[1], spacing[2]);
        });
  }
  if (!with_contrast.empty()) {
    OutlierCheck intensities(with_contrast, sink);
    check_intensity(intensities, with_contrast);
  }
}

}  // namespace volseg::dataset::internal
