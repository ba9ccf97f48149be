// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/show_image.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/dataset/pack.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/image_paths.h"

namespace volseg::app {

namespace {

void check_same_grid(const ImageFlags& flags, const volume::Header& image,
                     const volume::Header& labels) {
  const auto refuse = [&](const std::string& found, const std::string& expected) {
    throw Error(
        ErrorKind::kShape, "volseg.show",
        fmt::format("{}: {}; expected the image's {}", flags.labels.string(), found, expected));
  };
  if (image.shape != labels.shape) {
    refuse(core::to_string(labels.shape) + " voxels", core::to_string(image.shape));
  }
  if (image.geometry.known && labels.geometry.known &&
      !volume::same_geometry(image.geometry, labels.geometry)) {
    refuse(volume::to_string(labels.geometry), volume::to_string(image.geometry));
  }
}

}  // namespace

void add_image_flags(CLI::App& command, ImageFlags& flags) {
  command.add_flag("--image", flags.is_image,
                   "The input is an image and no dataset, where its name does not tell");
  auto* labels = command.add_option("--labels", flags.labels, "Label map of an image file");
  add_series_flag(command, flags.series);
  command.add_option("--label-names", flags.label_names, "Names of its labels: JSON or text")
      ->needs(labels);
}

LabelledFile load_labelled_file(const std::filesystem::path& image, const ImageFlags& flags,
                                std::optional<int> channel_axis) {
  LabelledFile file{.shown = {.name = volume::stem_of_path(image),
                              .image = volume::read_volume(
                                  image, {.channel_axis = channel_axis, .series = flags.series}),
                              .masks = {}},
                    .class_names = {}};
  if (flags.labels.empty()) {
    return file;
  }
  std::map<int32_t, std::string> names;
  if (!flags.label_names.empty()) {
    names = dataset::read_label_names(flags.label_names);
  }
  const volume::Volume map = volume::read_volume(flags.labels);
  check_same_grid(flags, file.shown.image.header, map.header);
  const core::Array<int32_t> labels = volume::to_labels(map, flags.labels.string());
  for (mask::LabelRuns& one : mask::encode_labels(labels.view())) {
    const auto name = names.find(one.label);
    file.class_names.push_back(name != names.end() ? name->second
                                                   : fmt::format("label_{}", one.label));
    file.shown.masks.push_back(std::move(one.mask));
  }
  return file;
}

}  // namespace volseg::app
