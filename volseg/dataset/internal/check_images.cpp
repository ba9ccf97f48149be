// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cstring>
#include <set>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/checks.h"
#include "volseg/dataset/internal/detect.h"
#include "volseg/dataset/internal/finding_catalogue.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

/// Numbers whose exponent bits are all set: infinities and NaN.
template <typename Bits>
int64_t count_with_exponent(const core::Buffer& data, Bits exponent) {
  const int64_t count = data.size_bytes() / static_cast<int64_t>(sizeof(Bits));
  int64_t found = 0;
  for (int64_t index = 0; index < count; ++index) {
    Bits bits{};
    std::memcpy(&bits, data.data() + index * static_cast<int64_t>(sizeof(Bits)), sizeof(Bits));
    found += (bits & exponent) == exponent ? 1 : 0;
  }
  return found;
}

int64_t count_nonfinite(const volume::Volume& image) {
  switch (image.header.type) {
    case volume::DataType::kFloat16:
      return count_with_exponent<uint16_t>(image.data, 0x7c00);
    case volume::DataType::kFloat32:
      return count_with_exponent<uint32_t>(image.data, 0x7f800000);
    case volume::DataType::kFloat64:
      return count_with_exponent<uint64_t>(image.data, 0x7ff0000000000000);
    default:
      return 0;
  }
}

bool is_constant(const volume::Volume& image) {
  const auto voxel_bytes = static_cast<size_t>(volume::size_bytes(image.header.type));
  const auto all_bytes = static_cast<size_t>(image.data.size_bytes());
  return all_bytes > voxel_bytes && std::memcmp(image.data.data(), image.data.data() + voxel_bytes,
                                                all_bytes - voxel_bytes) == 0;
}

class ImageCheck {
 public:
  ImageCheck(const Resolved& resolved, const Row& row, RowOutcome& outcome)
      : resolved_(resolved), row_(row), outcome_(outcome) {}

  std::optional<core::Shape3> run(const archive::Archive& archive) {
    const archive::Member* member = archive.find(row_.member);
    if (member == nullptr) {
      return std::nullopt;
    }
    try {
      const volume::Volume image =
          volume::read_volume(archive.read(*member).bytes(), row_.member,
                              {.channel_axis = resolved_.settings.channel_axis});
      look_at(image);
      return image.header.shape;
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::kCancelled) {
        throw;
      }
      add("image-unreadable", without_place(error.message()), "");
      return std::nullopt;
    }
  }

 private:
  // The finding names the member already.
  [[nodiscard]] std::string without_place(const std::string& message) const {
    const std::string place = row_.member + ": ";
    return message.starts_with(place) ? message.substr(place.size()) : message;
  }

  void add(std::string_view code, std::string found, std::string expected) {
    outcome_.findings.push_back(
        make_finding(code, {.member = row_.member}, std::move(found), std::move(expected)));
  }

  void look_at(const volume::Volume& image) {
    const volume::Header& header = image.header;
    outcome_.channels = header.channels;
    for (const std::string& note : header.notes) {
      add("image-header", note, "");
    }
    if (header.trailing_bytes > 0) {
      add("image-header", fmt::format("{} bytes follow the voxels", header.trailing_bytes),
          "the file ends with its last voxel");
    }
    if (const int64_t count = count_nonfinite(image); count > 0) {
      add("image-nonfinite", fmt::format("{} voxels are NaN or infinite", count),
          "finite intensities");
    }
    if (is_constant(image)) {
      add("image-constant", "all voxels are equal", "an image with contrast");
    }
    if (row_.shape && *row_.shape != header.shape) {
      outcome_.findings.push_back(make_finding(
          "shape-differs-from-column",
          {.member = resolved_.table_of(row_.part), .row = row_.number, .column = "shape"},
          fmt::format("{}; {} has {}", core::to_string(*row_.shape), row_.member,
                      core::to_string(header.shape)),
          "the shape of the image"));
    }
  }

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

std::optional<core::Shape3> check_image(const archive::Archive& archive, const Resolved& resolved,
                                        const Row& row, RowOutcome& outcome) {
  return ImageCheck(resolved, row, outcome).run(archive);
}

}  // namespace volseg::dataset::internal
