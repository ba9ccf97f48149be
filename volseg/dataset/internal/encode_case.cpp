// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/encode_case.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "volseg/core/error.h"
#include "volseg/mask/run_mask.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::dataset::internal {

namespace {

constexpr size_t kLabelsListed = 20;

void check_grid(const CaseFiles& files, const std::filesystem::path& labels,
                const volume::Header& image, const volume::Header& label) {
  const auto fail = [&](const std::string& of_image, const std::string& of_labels) {
    throw Error(ErrorKind::kShape, "dataset.pack",
                fmt::format("{} has {}, its labels {} have {}; both must lie on one grid",
                            files.image.string(), of_image, labels.string(), of_labels));
  };
  if (label.shape != image.shape) {
    fail("shape " + core::to_string(image.shape), "shape " + core::to_string(label.shape));
  }
  if (label.channels != 1) {
    fail(fmt::format("{} channels", image.channels), fmt::format("{} channels", label.channels));
  }
  if (image.geometry.known && label.geometry.known &&
      !volume::same_geometry(image.geometry, label.geometry)) {
    fail(volume::to_string(image.geometry), volume::to_string(label.geometry));
  }
}

core::Array<int32_t> read_labels(const CaseFiles& files, const std::filesystem::path& path,
                                 const volume::Header& image) {
  const volume::Volume labels = volume::read_volume(path);
  check_grid(files, path, image, labels.header);
  return volume::to_labels(labels, path.string());
}

ClassKey default_key(int32_t label) { return {label, "label_" + std::to_string(label)}; }

[[noreturn]] void throw_unnamed(const std::filesystem::path& path,
                                const std::set<int32_t>& unnamed) {
  std::vector<int32_t> listed(unnamed.begin(), unnamed.end());
  listed.resize(std::min(listed.size(), kLabelsListed));
  throw Error(
      ErrorKind::kFormat, "dataset.pack",
      fmt::format("{}: {} labels have no name in the label names: {}{}; name them, or merge "
                  "them into other classes by giving the same name twice",
                  path.string(), unnamed.size(), fmt::join(listed, ", "),
                  unnamed.size() > listed.size() ? ", ..." : ""));
}

// Labels of one class become the smallest label of that class.
void merge_labels(core::Array<int32_t>& labels, const std::map<int32_t, ClassKey>& keys,
                  const std::filesystem::path& path) {
  std::set<int32_t> unnamed;
  int32_t last = 0;
  int32_t last_merged = 0;
  for (int64_t index = 0; index < labels.size(); ++index) {
    int32_t& label = labels.data()[index];
    if (label != last) {
      last = label;
      const auto found = keys.find(label);
      if (found == keys.end() && label != 0) {
        unnamed.insert(label);
      }
      last_merged = found == keys.end() ? 0 : static_cast<int32_t>(found->second.first);
    }
    label = last_merged;
  }
  if (!unnamed.empty()) {
    throw_unnamed(path, unnamed);
  }
}

void encode_label_map(const CaseFiles& files, const volume::Header& image,
                      const std::map<int32_t, ClassKey>& keys, EncodedCase& encoded) {
  core::Array<int32_t> labels = read_labels(files, files.label_map, image);
  if (!keys.empty()) {
    merge_labels(labels, keys, files.label_map);
  }
  const core::Array<int32_t>& merged = labels;
  for (const mask::LabelRuns& one : mask::encode_labels(merged.view())) {
    const ClassKey key = keys.empty() ? default_key(one.label) : keys.at(one.label);
    encoded.texts[key] = mask::format_runs(one.mask);
  }
}

}  // namespace

std::map<int32_t, ClassKey> class_keys(const std::map<int32_t, std::string>& label_names) {
  std::map<std::string, int32_t> smallest;
  std::map<int32_t, ClassKey> keys;
  for (const auto& [label, name] : label_names) {
    const int32_t first = smallest.emplace(name, label).first->second;
    keys[label] = {first, name};
  }
  return keys;
}

EncodedCase encode_case(const CaseFiles& files, const volume::Header& image,
                        const std::map<int32_t, ClassKey>& keys) {
  EncodedCase encoded{.image = files.image.filename().string(), .shape = image.shape};
  if (image.geometry.known) {
    encoded.spacing_mm = image.geometry.spacing_mm;
  }
  if (!files.label_map.empty()) {
    encode_label_map(files, image, keys, encoded);
  }
  for (const auto& [class_name, path] : files.class_masks) {
    const core::Array<int32_t> mask = read_labels(files, path, image);
    encoded.texts[{0, class_name}] = mask::format_runs(mask::encode(mask.view()));
  }
  return encoded;
}

}  // namespace volseg::dataset::internal
