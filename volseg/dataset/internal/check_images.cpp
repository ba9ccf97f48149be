// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstring>
#include <limits>
#include <set>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

constexpr uint16_t kHalfExponent = 0x7c00;
constexpr uint32_t kFloatExponent = 0x7f800000;
constexpr uint64_t kDoubleExponent = 0x7ff0000000000000;

template <typename Bits>
int64_t count_of(const core::Buffer& data) {
  return data.size_bytes() / static_cast<int64_t>(sizeof(Bits));
}

template <typename Bits>
Bits bits_at(const core::Buffer& data, int64_t index) {
  Bits bits{};
  std::memcpy(&bits, data.data() + index * static_cast<int64_t>(sizeof(Bits)), sizeof(Bits));
  return bits;
}

/// Floating point numbers are compared as values: +0 equals -0, NaN equals nothing.
template <typename Bits>
bool are_equal(const core::Buffer& data, Bits exponent) {
  constexpr Bits kMagnitude = std::numeric_limits<Bits>::max() / 2;
  const auto first = bits_at<Bits>(data, 0);
  const bool is_zero = (first & kMagnitude) == 0;
  if ((first & kMagnitude) > exponent) {
    return false;
  }
  for (int64_t index = 1; index < count_of<Bits>(data); ++index) {
    const auto bits = bits_at<Bits>(data, index);
    if (bits != first && !(is_zero && (bits & kMagnitude) == 0)) {
      return false;
    }
  }
  return true;
}

bool is_constant(const volume::Volume& image) {
  const auto voxel_bytes = static_cast<size_t>(volume::size_bytes(image.header.type));
  const auto all_bytes = static_cast<size_t>(image.data.size_bytes());
  if (all_bytes <= voxel_bytes) {
    return false;
  }
  switch (image.header.type) {
    case volume::DataType::kFloat16:
      return are_equal<uint16_t>(image.data, kHalfExponent);
    case volume::DataType::kFloat32:
      return are_equal<uint32_t>(image.data, kFloatExponent);
    case volume::DataType::kFloat64:
      return are_equal<uint64_t>(image.data, kDoubleExponent);
    default:
      return std::memcmp(image.data.data(), image.data.data() + voxel_bytes,
                         all_bytes - voxel_bytes) == 0;
  }
}

class ImageCheck {
 public:
  ImageCheck(const Resolved& resolved, const Row& row, RowOutcome& outcome)
      : resolved_(resolved), row_(row), outcome_(outcome) {}

  std::optional<volume::Volume> run(const archive::Archive& archive) {
    const archive::Member* member = archive.find(row_.member);
    if (member == nullptr) {
      return std::nullopt;
    }
    try {
      volume::Volume image = volume::read_volume(archive.read(*member).bytes(), row_.member,
                                                 {.channel_axis = resolved_.settings.channel_axis});
      look_at(image);
      return image;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        throw;
      }
      add("image-unreadable", without_place(error.message(), row_.member), "");
      return std::nullopt;
    }
  }

 private:
  void add(std::string_view code, std::string found, std::string expected) {
    outcome_.findings.push_back(
        make_finding(code, {.member = row_.member}, std::move(found), std::move(expected)));
  }

  void look_at(const volume::Volume& image) {
    const volume::Header& header = image.header;
    outcome_.channels = header.channels;
    outcome_.facts = facts_of(image);
    if (!outcome_.facts->spacing_mm) {
      outcome_.facts->spacing_mm = row_.spacing_mm;
    }
    for (const std::string& note : header.notes) {
      add("image-header", without_place(note, row_.member), "");
    }
    if (header.trailing_bytes > 0) {
      add("image-header",
          counted(header.trailing_bytes, "byte") +
              (header.trailing_bytes == 1 ? " follows" : " follow") + " the voxels",
          "the file ends with its last voxel");
    }
    if (const int64_t count = volume::count_non_finite(image); count > 0) {
      add("image-nonfinite",
          counted(count, "voxel") + (count == 1 ? " is" : " are") + " NaN or infinite",
          "finite intensities");
    }
    outcome_.facts->is_constant = outcome_.facts->is_constant && is_constant(image);
    if (outcome_.facts->is_constant) {
      add("image-constant", "all voxels are equal", "an image with contrast");
    }
    if (header.channels > kMostUsualChannels) {
      add("image-many-channels", counted(header.channels, "channel"),
          fmt::format("at most {}", kMostUsualChannels));
    }
    compare_with_columns(header);
  }

  void compare_with_columns(const volume::Header& header) {
    if (row_.shape && *row_.shape != header.shape) {
      outcome_.findings.push_back(make_finding(
          "shape-differs-from-column",
          {.member = resolved_.table_of(row_.part), .row = row_.number, .column = "shape"},
          fmt::format("{}; {} has {}", core::to_string(*row_.shape), row_.member,
                      core::to_string(header.shape)),
          "the shape of the image"));
    }
    if (row_.spacing_mm && header.geometry.known &&
        !are_near(*row_.spacing_mm, header.geometry.spacing_mm)) {
      outcome_.findings.push_back(make_finding(
          "spacing-differs-from-column",
          {.member = resolved_.table_of(row_.part), .row = row_.number, .column = "spacing_mm"},
          fmt::format("{} mm; {} has {} mm", fmt::join(*row_.spacing_mm, " x "), row_.member,
                      fmt::join(header.geometry.spacing_mm, " x ")),
          "the spacing of the image"));
    }
  }

  static bool are_near(const std::array<double, 3>& first, const std::array<double, 3>& second) {
    constexpr double kTolerance = 1e-3;
    return std::ranges::equal(first, second, [](double one, double other) {
      return std::abs(one - other) <= kTolerance * other;
    });
  }

  static constexpr int64_t kMostUsualChannels = 8;

  const Resolved& resolved_;
  const Row& row_;
  RowOutcome& outcome_;
};

}  // namespace

void check_unused_images(const archive::Archive& archive, const Resolved& resolved,
                         FindingSink& sink) {
  std::set<std::string_view> used;
  for (const Part part : kParts) {
    for (const Row& row : resolved.rows_of(part)) {
      used.insert(row.member);
    }
  }
  for (const archive::Member& member : archive.members()) {
    const std::string_view folder = folder_of(member.name);
    const bool in_folder =
        folder == resolved.settings.data_folder || folder == resolved.settings.data_folder_test;
    if (in_folder && volume::format_of_name(member.name) && !used.contains(member.name)) {
      sink.add(make_finding("image-unused", {.member = member.name}, "named by no row",
                            "every image of a data folder in a table"));
    }
  }
}

std::optional<volume::Volume> check_image(const archive::Archive& archive, const Resolved& resolved,
                                          const Row& row, RowOutcome& outcome) {
  return ImageCheck(resolved, row, outcome).run(archive);
}

}  // namespace volseg::dataset::internal
