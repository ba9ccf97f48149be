// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/internal/label_files.h"

#include <fmt/format.h>

#include <array>
#include <cmath>
#include <iterator>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/volume/formats.h"

namespace volseg::score::internal {

namespace {

namespace fs = std::filesystem;
using volume::DataType;

bool is_floating(DataType type) {
  return type == DataType::kFloat16 || type == DataType::kFloat32 || type == DataType::kFloat64;
}

[[noreturn]] void refuse_probability(const fs::path& file, const core::Shape3& voxel,
                                     double value) {
  throw Error(ErrorKind::kFormat, "score.load",
              fmt::format("{}: voxel [{}, {}, {}] has value {}; probabilities are finite numbers",
                          file.string(), voxel[0], voxel[1], voxel[2], value));
}

// Rows follow memory, the fastest axis innermost.
template <typename Stored>
mask::RunMask encode_above(core::ArrayView<const Stored> voxels, const volume::Header& header,
                           double threshold, const fs::path& file) {
  const core::Order order = volume::memory_order(header);
  core::Array<uint8_t> inside(voxels.shape, order);
  const size_t fast = order == core::Order::kC ? 2 : 0;
  const size_t slow = 2 - fast;
  core::Shape3 at{};
  uint8_t* target = inside.data();
  for (int64_t row = 0; row < voxels.shape[1] * voxels.shape[slow]; ++row) {
    at[1] = row % voxels.shape[1];
    at[slow] = row / voxels.shape[1];
    for (at[fast] = 0; at[fast] < voxels.shape[fast]; ++at[fast]) {
      const auto stored = static_cast<double>(voxels(at[0], at[1], at[2]));
      const double value = stored * header.scale_slope + header.scale_intercept;
      if (!std::isfinite(value)) {
        refuse_probability(file, at, value);
      }
      *target++ = value > threshold ? 1 : 0;
    }
  }
  return mask::encode(core::ArrayView<const uint8_t>(inside.view()));
}

mask::RunMask channel_above(const volume::Volume& map, int64_t channel, double threshold,
                            const fs::path& file) {
  if (map.header.type == DataType::kFloat32) {
    return encode_above(map.channel<float>(channel), map.header, threshold, file);
  }
  if (map.header.type == DataType::kFloat64) {
    return encode_above(map.channel<double>(channel), map.header, threshold, file);
  }
  if (is_floating(map.header.type) && volume::count_non_finite(map) > 0) {
    throw Error(ErrorKind::kFormat, "score.load",
                fmt::format("{}: {} voxels are NaN or infinite; probabilities are finite numbers",
                            file.string(), volume::count_non_finite(map)));
  }
  const core::Array<float> values = volume::to_float(map, channel);
  volume::Header plain = map.header;
  plain.scale_slope = 1;
  plain.scale_intercept = 0;
  return encode_above(values.view(), plain, threshold, file);
}

core::Array<int32_t> labels_of(const volume::Volume& map, const fs::path& file,
                               const LabelFileSettings& settings) try {
  return volume::to_labels(map, file.string());
} catch (const Error& error) {
  if (!is_floating(map.header.type) && map.header.channels == 1) {
    throw;
  }
  throw Error(error.kind(), "score.load",
              error.message() + (settings.probability_threshold
                                     ? "; a map of probabilities has a channel for each class"
                                     : "; give --threshold for a prediction of probabilities"));
}

LoadedCase without_masks(const volume::Volume& map) {
  return {.shape = map.header.shape,
          .geometry = map.header.geometry,
          .spacing_known = map.header.geometry.known,
          .masks = {}};
}

void add_labels(LoadedCase& loaded, const core::Array<int32_t>& labels, const fs::path& file,
                const std::map<int32_t, std::string>& names) {
  for (mask::LabelRuns& runs : mask::encode_labels(labels.view())) {
    const auto name = names.find(runs.label);
    if (name == names.end() && !names.empty()) {
      throw Error(
          ErrorKind::kFormat, "score.load",
          file.string() + ": label " + std::to_string(runs.label) +
              " has no name; name it in label_names.json beside the file, or give --label-names");
    }
    loaded.masks.emplace(names.empty() ? "label_" + std::to_string(runs.label) : name->second,
                         std::move(runs.mask));
  }
}

void add_channels(LoadedCase& loaded, const volume::Volume& map, const fs::path& file,
                  const LabelFileSettings& settings) {
  const auto classes = static_cast<int64_t>(settings.label_names.size());
  const int64_t background = map.header.channels == classes + 1 ? 1 : 0;
  if (map.header.channels != classes + background) {
    throw Error(ErrorKind::kShape, "score.load",
                fmt::format("{}: {} channels of probabilities; expected {}, one for each named "
                            "class, or {} with the background first",
                            file.string(), map.header.channels, classes, classes + 1));
  }
  for (int64_t i = 0; i < classes; ++i) {
    loaded.masks.emplace(std::next(settings.label_names.begin(), i)->second,
                         channel_above(map, i + background, *settings.probability_threshold, file));
  }
}

LoadedCase class_of(const volume::Volume& map, const std::string& class_name, const fs::path& file,
                    const LabelFileSettings& settings) {
  LoadedCase loaded = without_masks(map);
  if (settings.probability_threshold && map.header.channels == 1) {
    loaded.masks.emplace(class_name, channel_above(map, 0, *settings.probability_threshold, file));
  } else {
    const core::Array<int32_t> labels = labels_of(map, file, settings);
    loaded.masks.emplace(class_name, mask::encode(labels.view()));
  }
  return loaded;
}

}  // namespace

LoadedCase read_label_map(const fs::path& file, const LabelFileSettings& settings) {
  const volume::Volume map = volume::read_volume(file, {.channel_axis = settings.channel_axis});
  if (settings.probability_threshold && map.header.channels == 1 &&
      settings.label_names.size() <= 1 && is_floating(map.header.type)) {
    const bool unnamed = settings.label_names.empty();
    return class_of(map, unnamed ? "label_1" : settings.label_names.begin()->second, file,
                    settings);
  }
  LoadedCase loaded = without_masks(map);
  if (settings.probability_threshold && map.header.channels > 1) {
    add_channels(loaded, map, file, settings);
  } else {
    add_labels(loaded, labels_of(map, file, settings), file, settings.label_names);
  }
  return loaded;
}

LoadedCase read_class_mask(const fs::path& file, const std::string& class_name,
                           const LabelFileSettings& settings) {
  return class_of(volume::read_volume(file, {.channel_axis = settings.channel_axis}), class_name,
                  file, settings);
}

void join_class(LoadedCase& loaded, LoadedCase other, const fs::path& file) {
  if (loaded.masks.empty()) {
    loaded = std::move(other);
    return;
  }
  if (loaded.shape != other.shape) {
    throw Error(ErrorKind::kShape, "score.load",
                file.string() + ": shape " + core::to_string(other.shape) +
                    "; the case's other classes have " + core::to_string(loaded.shape));
  }
  if (loaded.geometry.known && other.geometry.known &&
      !volume::same_geometry(loaded.geometry, other.geometry)) {
    throw Error(ErrorKind::kShape, "score.load",
                file.string() + ": " + volume::to_string(other.geometry) +
                    "; the case's other classes have " + volume::to_string(loaded.geometry));
  }
  loaded.masks.merge(other.masks);
}

}  // namespace volseg::score::internal
