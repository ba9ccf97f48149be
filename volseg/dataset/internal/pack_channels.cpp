// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/pack_channels.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "volseg/core/error.h"
#include "volseg/dataset/internal/pack_inputs.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

using volume::Header;
using volume::Volume;

template <typename Word>
void copy_words(const Volume& from, int64_t channel, std::byte* target) {
  const core::ArrayView<const Word> source = from.channel<Word>(channel);
  auto* next = reinterpret_cast<Word*>(target);
  for (int64_t c = 0; c < source.shape[2]; ++c) {
    for (int64_t b = 0; b < source.shape[1]; ++b) {
      for (int64_t a = 0; a < source.shape[0]; ++a) {
        *next++ = source(a, b, c);
      }
    }
  }
}

// Stored voxels in Fortran order, whatever their type.
void copy_channel(const Volume& from, int64_t channel, std::byte* target) {
  switch (volume::size_bytes(from.header.type)) {
    case 1:
      return copy_words<uint8_t>(from, channel, target);
    case 2:
      return copy_words<uint16_t>(from, channel, target);
    case 4:
      return copy_words<uint32_t>(from, channel, target);
    default:
      return copy_words<uint64_t>(from, channel, target);
  }
}

Volume empty_image(const Header& like, int64_t channels) {
  Volume image;
  image.header = like;
  image.header.notes.clear();
  image.header.trailing_bytes = 0;
  image.header.channels = channels;
  image.header.channel_axis = channels > 1 ? 3 : -1;
  image.header.strides = core::dense_strides(like.shape, core::Order::kFortran);
  image.header.channel_stride = core::voxel_count(like.shape);
  image.data =
      core::Buffer(image.header.channel_stride * channels * volume::size_bytes(image.header.type));
  return image;
}

void check_fit(const Header& header, const Header& first, const std::string& file,
               const std::string& first_file) {
  const bool same_shape = header.shape == first.shape;
  const bool same_place = header.geometry.known == first.geometry.known &&
                          volume::same_geometry(header.geometry, first.geometry);
  if (same_shape && same_place) {
    return;
  }
  const auto text = [&](const Header& one) {
    return same_shape ? volume::to_string(one.geometry) : "shape " + core::to_string(one.shape);
  };
  throw Error(ErrorKind::kShape, "dataset.pack",
              fmt::format("{}: {}; the first channel {} has {}; channels of one case share a grid",
                          file, text(header), first_file, text(first)));
}

bool same_values(const Header& first, const Header& second) {
  return first.type == second.type && first.scale_slope == second.scale_slope &&
         first.scale_intercept == second.scale_intercept;
}

Volume as_float(const Volume& image, const std::string& file) {
  if (volume::count_non_finite(image) > 0) {
    throw Error(ErrorKind::kFormat, "dataset.pack",
                file +
                    ": NaN or infinite voxels, and the channels are of several types; store "
                    "all channels in one type");
  }
  const core::Array<float> values = volume::to_float(image, 0);
  return volume::from_float(values.view(), image.header.geometry);
}

std::vector<Volume> read_channels(const std::vector<std::filesystem::path>& files,
                                  const volume::ReadOptions& options) {
  std::vector<Volume> channels;
  for (const std::filesystem::path& file : files) {
    channels.push_back(volume::read_volume(file, options));
    const Header& header = channels.back().header;
    if (header.channels != 1) {
      throw Error(ErrorKind::kUnsupported, "dataset.pack",
                  fmt::format("{}: has {} channels itself; expected one in each file",
                              file.string(), header.channels));
    }
    check_fit(header, channels[0].header, file.string(), files[0].string());
  }
  return channels;
}

void make_one_type(std::vector<Volume>& channels, const std::vector<std::filesystem::path>& files,
                   std::vector<std::string>& warnings) {
  const bool one_type = std::ranges::all_of(channels, [&](const Volume& channel) {
    return same_values(channel.header, channels[0].header);
  });
  if (one_type) {
    return;
  }
  warnings.push_back(files[0].string() +
                     " and its other channels differ in type or scale; they become float32");
  for (size_t index = 0; index < channels.size(); ++index) {
    channels[index] = as_float(channels[index], files[index].string());
  }
}

}  // namespace

Volume join_channels(const std::vector<std::filesystem::path>& files,
                     const volume::ReadOptions& options, std::vector<std::string>& warnings) {
  std::vector<Volume> channels = read_channels(files, options);
  make_one_type(channels, files, warnings);
  Volume joined = empty_image(channels[0].header, std::ssize(channels));
  const int64_t channel_bytes =
      joined.header.channel_stride * volume::size_bytes(joined.header.type);
  for (size_t index = 0; index < channels.size(); ++index) {
    copy_channel(channels[index], 0,
                 joined.data.data() + static_cast<int64_t>(index) * channel_bytes);
    channels[index].data = core::Buffer();
  }
  return joined;
}

Volume take_channel(const Volume& image, int64_t channel) {
  Volume taken = empty_image(image.header, 1);
  copy_channel(image, channel, taken.data.data());
  return taken;
}

}  // namespace volseg::dataset::internal
