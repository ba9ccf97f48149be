// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/dataset/dataset.h"
#include "volseg/report/slices.h"

namespace volseg::app {

namespace {

struct ShowFlags {
  std::filesystem::path dataset;
  std::string case_name;
  std::string class_name;
  std::vector<int64_t> position;
  std::vector<double> window;
  bool fill = false;
  ImportFlags import_settings;
  std::filesystem::path output;
  bool force = false;
};

const dataset::Row& chosen_row(const dataset::Dataset& dataset, const std::string& case_name) {
  if (!case_name.empty()) {
    return dataset.row(case_name);
  }
  for (const auto part :
       {dataset::Part::kTrain, dataset::Part::kValidation, dataset::Part::kTest}) {
    if (!dataset.rows(part).empty()) {
      return dataset.rows(part).front();
    }
  }
  throw Error(ErrorKind::kNotFound, "volseg.show", "the dataset has no rows");
}

size_t class_index(const dataset::Dataset& dataset, const std::string& class_name) {
  const auto& names = dataset.class_names();
  const auto found = std::ranges::find(names, class_name);
  if (found == names.end()) {
    throw Error(
        ErrorKind::kNotFound, "volseg.show",
        fmt::format("no class \"{}\"; the classes are: {}", class_name, fmt::join(names, ", ")));
  }
  return static_cast<size_t>(found - names.begin());
}

// Without a chosen class, the planes go through the class with most voxels.
size_t largest_class(const std::vector<mask::RunMask>& masks) {
  const auto largest = std::ranges::max_element(masks, {}, mask::area);
  return static_cast<size_t>(largest - masks.begin());
}

core::Shape3 checked_position(const std::vector<int64_t>& position, const core::Shape3& shape) {
  core::Shape3 voxel{};
  for (size_t axis = 0; axis < 3; ++axis) {
    voxel[axis] = position[axis];
    if (voxel[axis] < 0 || voxel[axis] >= shape[axis]) {
      throw Error(ErrorKind::kUsage, "volseg.show",
                  fmt::format("position {} is outside the image of {} voxels; positions are "
                              "counted from 0 along each array axis",
                              fmt::join(position, ","), core::to_string(shape)));
    }
  }
  return voxel;
}

report::SliceOptions slice_options(const ShowFlags& flags, const dataset::Dataset& dataset,
                                   const std::vector<mask::RunMask>& masks,
                                   const core::Shape3& shape) {
  report::SliceOptions options;
  if (!flags.window.empty()) {
    if (flags.window[0] >= flags.window[1]) {
      throw Error(ErrorKind::kUsage, "volseg.show", "--window LOW,HIGH: LOW must be below HIGH");
    }
    options.window = {flags.window[0], flags.window[1]};
  }
  if (!flags.position.empty()) {
    options.position = checked_position(flags.position, shape);
  } else if (!masks.empty()) {
    const size_t shown =
        flags.class_name.empty() ? largest_class(masks) : class_index(dataset, flags.class_name);
    options.position = report::middle_of(masks[shown]);
  }
  return options;
}

void run_show(const ShowFlags& flags, Session& session) {
  if (flags.output.extension() != ".png") {
    throw Error(ErrorKind::kUsage, "volseg.show",
                flags.output.string() + ": pictures are PNG; give a name that ends in .png");
  }
  core::check_output(flags.output, overwrite_of(flags.force));
  const auto dataset = dataset::Dataset::open(flags.dataset, flags.import_settings.resolve());
  const dataset::Row& row = chosen_row(dataset, flags.case_name);
  const volume::Volume image = dataset.load_volume(row);
  const core::Shape3& shape = image.header.shape;
  std::vector<mask::RunMask> masks;
  if (row.has_masks) {
    masks = dataset.load_masks(row, shape);
  }
  const report::SliceOptions options = slice_options(flags, dataset, masks, shape);
  const report::Picture planes =
      report::draw_planes(image, {{.masks = masks, .filled = flags.fill}}, options);
  const report::Picture picture =
      masks.empty() ? planes : report::with_legend(planes, dataset.class_names());
  core::write_file(flags.output, report::encode_png(picture).bytes(), overwrite_of(flags.force));
  say(session, fmt::format("{}: case {}, {} x {} pixels", flags.output.string(), row.name,
                           picture.width, picture.height));
}

}  // namespace

void add_show_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("show", "Draw three planes of a case with its masks");
  const auto flags = std::make_shared<ShowFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_option("case", flags->case_name, "Case by name (default: the first)");
  command->add_option("--class", flags->class_name,
                      "Class whose middle the planes go through (default: the largest)");
  command->add_option("--position", flags->position, "Voxel to go through: A,B,C along array axes")
      ->delimiter(',')
      ->expected(3);
  command->add_option("--window", flags->window, "Lowest and highest intensity: LOW,HIGH")
      ->delimiter(',')
      ->expected(2);
  command->add_flag("--fill", flags->fill, "Fill the masks, not only their outlines");
  command->add_option("-o,--output", flags->output, "PNG file to write")->required();
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg show dataset.zip -o case.png\n"
      "  volseg show dataset.zip patient_07 --class liver --window -100,250 -o liver.png");
  command->callback([flags, &session] { run_show(*flags, session); });
}

}  // namespace volseg::app
