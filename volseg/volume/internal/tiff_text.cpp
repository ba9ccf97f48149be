// SPDX-License-Identifier: Apache-2.0
#include "volseg/volume/internal/tiff_text.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <optional>
#include <utility>

#include "volseg/volume/internal/text_header.h"

namespace volseg::volume::internal {

namespace {

template <typename Number>
std::optional<Number> number_at(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? std::optional(value) : std::nullopt;
}

/// The text after `key` up to `end`.
std::string_view value_after(std::string_view text, std::string_view key, char end) {
  const size_t found = text.find(key);
  if (found == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = text.substr(found + key.size());
  return rest.substr(0, std::min(rest.find(end), rest.size()));
}

int64_t count_after(std::string_view text, std::string_view key, char end, int64_t otherwise) {
  return number_at<int64_t>(value_after(text, key, end)).value_or(otherwise);
}

std::optional<double> unit_mm(std::string_view unit) {
  constexpr std::array<std::pair<std::string_view, double>, 11> kUnits{{{"mm", 1},
                                                                        {"millimeter", 1},
                                                                        {"micron", 1e-3},
                                                                        {"microns", 1e-3},
                                                                        {"um", 1e-3},
                                                                        {"\\u00B5m", 1e-3},
                                                                        {"\xc2\xb5m", 1e-3},
                                                                        {"\xb5m", 1e-3},
                                                                        {"nm", 1e-6},
                                                                        {"cm", 10},
                                                                        {"m", 1000}}};
  const auto* found = std::ranges::find(kUnits, unit, &std::pair<std::string_view, double>::first);
  return found == kUnits.end() ? std::nullopt : std::optional(found->second);
}

bool is_length(double value) { return std::isfinite(value) && value > 0; }

void set_spacing(const std::array<double, 3>& spacing_mm, Geometry& geometry) {
  if (std::ranges::all_of(spacing_mm, is_length)) {
    geometry = spacing_only(spacing_mm);
  }
}

StackDescription describe_imagej(std::string_view text, const TiffResolution& resolution) {
  StackDescription stack{.images = count_after(text, "\nimages=", '\n', 0),
                         .channels = count_after(text, "\nchannels=", '\n', 1),
                         .times = count_after(text, "\nframes=", '\n', 1)};
  const std::optional<double> scale = unit_mm(value_after(text, "\nunit=", '\n'));
  const auto spacing = number_at<double>(value_after(text, "\nspacing=", '\n'));
  if (scale && resolution.x > 0 && resolution.y > 0) {
    set_spacing({*scale / resolution.x, *scale / resolution.y, *scale * spacing.value_or(1)},
                stack.geometry);
  }
  return stack;
}

StackDescription describe_ome(std::string_view text) {
  StackDescription stack{.channels = count_after(text, "SizeC=\"", '"', 1),
                         .times = count_after(text, "SizeT=\"", '"', 1)};
  std::array<double, 3> spacing_mm{};
  for (size_t axis = 0; axis < 3; ++axis) {
    const std::string key = std::string("PhysicalSize") + "XYZ"[axis];
    const std::string_view unit = value_after(text, key + "Unit=\"", '"');
    const double scale = unit_mm(unit.empty() ? "um" : unit).value_or(0);
    spacing_mm[axis] = number_at<double>(value_after(text, key + "=\"", '"')).value_or(0) * scale;
  }
  set_spacing(spacing_mm, stack.geometry);
  return stack;
}

}  // namespace

StackDescription describe_stack(std::string_view text, const TiffResolution& resolution) {
  if (text.starts_with("ImageJ=")) {
    return describe_imagej(text, resolution);
  }
  if (text.find("<OME") != std::string_view::npos) {
    return describe_ome(text);
  }
  return {};
}

std::string stack_description(const Header& header) {
  const std::string slices = std::to_string(header.shape[2]);
  std::string text = "ImageJ=1.54f\nimages=" + slices + "\nslices=" + slices + "\n";
  if (header.geometry.known) {
    text += "unit=mm\nspacing=" + exact_text(header.geometry.spacing_mm[2]) + "\n";
  }
  return text + "loop=false\n";
}

}  // namespace volseg::volume::internal
