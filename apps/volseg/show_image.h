// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "volseg/report/case_picture.h"

namespace volseg::app {

/// What goes with an image file that is no case of a dataset.
struct ImageFlags {
  bool is_image = false;  ///< the input is an image whatever its name
  std::filesystem::path labels;
  std::filesystem::path label_names;
  std::optional<std::string> series;
};
/// Adds --image, --labels, --label-names and --series.
void add_image_flags(CLI::App& command, ImageFlags& flags);

struct LabelledFile {
  report::LabelledImage shown;
  std::vector<std::string> class_names;  ///< of the labels that occur, ascending
};
/// Reads an image file and, where flags name one, its label map.
/// @throws Error(kShape) with both values when shape or geometry differ; Error as read_volume,
/// to_labels and read_label_names
[[nodiscard]] LabelledFile load_labelled_file(const std::filesystem::path& image,
                                              const ImageFlags& flags,
                                              std::optional<int> channel_axis);

}  // namespace volseg::app
