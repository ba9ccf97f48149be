// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/dicom_stack.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <numbers>
#include <tuple>
#include <utility>

#include "volseg/core/text.h"
#include "volseg/volume/internal/parsed_image.h"

namespace volseg::volume::internal {

namespace {

constexpr double kSamePlaceFraction = 0.01;  // of the usual distance between slices
constexpr double kEvenFraction = 0.02;
constexpr double kMissingFraction = 0.1;
constexpr size_t kMostNamed = 3;

struct Placed {
  DicomSlice slice;
  double distance_mm = 0;
};

std::tuple<double, int64_t, int64_t, std::string_view> order_of(const Placed& placed) {
  const DicomSlice& slice = placed.slice;
  return {placed.distance_mm, slice.instance_number, slice.frame, slice.member};
}

Vector3 along_row(const DicomSlice& slice) {
  const auto& o = *slice.orientation;
  return {o[0], o[1], o[2]};
}

Vector3 along_column(const DicomSlice& slice) {
  const auto& o = *slice.orientation;
  return {o[3], o[4], o[5]};
}

Vector3 normal_of(const DicomSlice& slice) { return cross(along_row(slice), along_column(slice)); }

std::string number_text(double value) {
  std::string text = std::to_string(value);
  text.erase(text.find_last_not_of('0') + 1);
  return text.ends_with('.') ? text + "0" : text;
}

/// Members by name, the first few of them.
std::string named(const std::vector<std::string>& members) {
  std::string text;
  for (size_t index = 0; index < std::min(members.size(), kMostNamed); ++index) {
    text += (index == 0 ? "" : ", ") + members[index];
  }
  return members.size() > kMostNamed
             ? text + " and " + std::to_string(members.size() - kMostNamed) + " more"
             : text;
}

/// Slices being ordered and their distances being looked at.
class Stacker {
 public:
  explicit Stacker(std::vector<DicomSlice> slices) {
    has_places_ = std::ranges::all_of(slices, [](const DicomSlice& slice) {
      return slice.position.has_value() && slice.orientation.has_value();
    });
    const Vector3 normal = has_places_ ? normal_of(slices.front()) : Vector3{};
    for (DicomSlice& slice : slices) {
      const double distance_mm = has_places_ ? dot(*slice.position, normal) : 0;
      placed_.push_back({std::move(slice), distance_mm});
    }
    std::ranges::sort(placed_, [](const Placed& first, const Placed& second) {
      return order_of(first) < order_of(second);
    });
  }

  DicomStack stack() {
    if (has_places_) {
      find_usual_distance();
      drop_repeated();
      look_at_distances();
      set_geometry();
    } else {
      take_without_places();
    }
    look_at_scales();
    for (Placed& placed : placed_) {
      stack_.slices.push_back(std::move(placed.slice));
    }
    return std::move(stack_);
  }

 private:
  [[nodiscard]] double gap_mm(size_t index) const {
    return placed_[index + 1].distance_mm - placed_[index].distance_mm;
  }

  void take_without_places() {
    const DicomSlice& first = placed_.front().slice;
    const bool has_spacing = first.spacing_mm && first.slice_spacing_mm;
    if (has_spacing) {
      const auto& [column_mm, row_mm] = *first.spacing_mm;
      stack_.geometry = spacing_only({column_mm, row_mm, *first.slice_spacing_mm});
    }
    stack_.notes.push_back(
        "slices lack a position or orientation; they are in the order of their instance numbers, "
        "and " +
        std::string(has_spacing ? "only their spacing is known" : "geometry is unknown"));
  }

  void find_usual_distance() {
    std::vector<double> gaps;
    for (size_t index = 0; index + 1 < placed_.size(); ++index) {
      if (gap_mm(index) > 1e-4) {
        gaps.push_back(gap_mm(index));
      }
    }
    if (gaps.empty()) {
      return;
    }
    const size_t middle = (gaps.size() - 1) / 2;
    std::ranges::nth_element(gaps, gaps.begin() + static_cast<int64_t>(middle));
    usual_mm_ = gaps[middle];
  }

  void drop_repeated() {
    std::vector<Placed> kept;
    std::vector<std::string> repeated;
    std::map<size_t, int64_t> times;
    for (Placed& placed : placed_) {
      const double reach_mm = usual_mm_ > 0 ? kSamePlaceFraction * usual_mm_ : 1e-4;
      if (!kept.empty() && placed.distance_mm - kept.back().distance_mm <= reach_mm) {
        repeated.push_back(name_of(placed.slice));
      } else {
        kept.push_back(std::move(placed));
      }
      ++times[kept.size()];
    }
    const int64_t first_times = times.begin()->second;
    const bool all = kept.size() > 1 && std::ranges::all_of(times, [&](const auto& entry) {
                       return entry.second == first_times;
                     });
    if (first_times > 1 && all) {
      refuse(ErrorKind::kUnsupported, name_of(kept.front().slice),
             "every position of the series occurs " + std::to_string(first_times) +
                 " times, as with several time points or echoes; separate them first");
    }
    if (!repeated.empty()) {
      stack_.notes.push_back(
          core::counted(static_cast<int64_t>(repeated.size()), "slice") +
          (repeated.size() == 1 ? " repeats" : " repeat") + " the position of another and " +
          (repeated.size() == 1 ? "is" : "are") + " left out: " + named(repeated));
    }
    placed_ = std::move(kept);
  }

  void look_at_distances() {
    int64_t missing = 0;
    double least_mm = usual_mm_;
    double most_mm = usual_mm_;
    std::vector<std::string> before_missing;
    for (size_t index = 0; index + 1 < placed_.size(); ++index) {
      const double steps = gap_mm(index) / usual_mm_;
      const double whole = std::round(steps);
      if (whole >= 2 && std::abs(steps - whole) <= kMissingFraction) {
        missing += static_cast<int64_t>(whole) - 1;
        before_missing.push_back(name_of(placed_[index].slice));
      } else {
        least_mm = std::min(least_mm, gap_mm(index));
        most_mm = std::max(most_mm, gap_mm(index));
      }
    }
    if (missing > 0) {
      stack_.notes.push_back(core::counted(missing, "slice") + (missing == 1 ? " is" : " are") +
                             " missing, after " + named(before_missing) +
                             "; the volume is shorter than the body");
    }
    if (most_mm - least_mm > kEvenFraction * usual_mm_) {
      stack_.notes.push_back("the distance between slices is uneven, " + number_text(least_mm) +
                             " to " + number_text(most_mm) + " mm; " + number_text(usual_mm_) +
                             " mm is used");
    }
  }

  void set_geometry() {
    const DicomSlice& first = placed_.front().slice;
    Affine affine{.origin = *first.position};
    const std::array<double, 2> spacing_mm = first.spacing_mm.value_or(std::array<double, 2>{1, 1});
    if (!first.spacing_mm) {
      stack_.notes.emplace_back("the slices lack a pixel spacing; 1 mm is used");
    }
    const Vector3 normal = normal_of(first);
    const Vector3 step = step_between_slices(normal);
    for (size_t row = 0; row < 3; ++row) {
      affine.columns[0][row] = along_row(first)[row] * spacing_mm[0];
      affine.columns[1][row] = along_column(first)[row] * spacing_mm[1];
      affine.columns[2][row] = step[row];
    }
    swap_patient_axes(affine);
    std::vector<std::string> other_notes;
    stack_.geometry = geometry_of(affine, "position and orientation", other_notes);
    if (!stack_.geometry.known) {
      stack_.notes.insert(stack_.notes.end(), other_notes.begin(), other_notes.end());
    }
  }

  /// From one slice to the next; along the positions, which a tilted gantry moves off the normal.
  Vector3 step_between_slices(const Vector3& normal) {
    Vector3 step = normal;
    if (placed_.size() < 2) {
      return step;
    }
    Vector3 way{};
    for (size_t row = 0; row < 3; ++row) {
      way[row] = (*placed_.back().slice.position)[row] - (*placed_.front().slice.position)[row];
    }
    const double sine = length(cross(way, normal)) / (length(way) * length(normal));
    const double degrees = std::asin(std::min(1.0, sine)) * 180 / std::numbers::pi;
    constexpr double kMostTiltDegrees = 0.1;
    if (degrees > kMostTiltDegrees) {
      stack_.notes.push_back("the gantry is tilted by " +
                             number_text(std::round(degrees * 10) / 10) +
                             " degrees: slices are shifted against each other, and the voxel axes "
                             "are not at right angles");
    }
    const double across_mm = placed_.back().distance_mm - placed_.front().distance_mm;
    for (size_t row = 0; row < 3; ++row) {
      step[row] = way[row] * usual_mm_ / across_mm;
    }
    return step;
  }

  void look_at_scales() {
    std::vector<std::string> invalid;
    int64_t missing = 0;
    for (const Placed& placed : placed_) {
      if (placed.slice.scale_invalid) {
        invalid.push_back(name_of(placed.slice));
      }
      missing += placed.slice.scale_missing && placed.slice.modality == "CT" ? 1 : 0;
    }
    if (!invalid.empty()) {
      stack_.notes.push_back("slope or intercept is not a number, or the slope is 0, in " +
                             named(invalid) + "; 1 and 0 are used");
    }
    if (missing > 0) {
      stack_.notes.push_back("the rescale slope is missing in " + core::counted(missing, "slice") +
                             " of a CT; values may not be Hounsfield units");
    }
  }

  std::vector<Placed> placed_;
  bool has_places_ = false;
  double usual_mm_ = 0;
  DicomStack stack_;
};

}  // namespace

DicomStack stack_slices(std::vector<DicomSlice> slices) {
  return Stacker(std::move(slices)).stack();
}

}  // namespace volseg::volume::internal
