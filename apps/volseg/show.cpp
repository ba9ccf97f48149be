// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "apps/volseg/command.h"
#include "apps/volseg/show_image.h"
#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/core/text.h"
#include "volseg/report/case_picture.h"
#include "volseg/volume/formats.h"
#include "volseg/volume/image_paths.h"

namespace volseg::app {

namespace {

constexpr size_t kNamesShown = 5;
constexpr int64_t kPanelPixels = 400;
constexpr int64_t kThumbnailPixels = 160;

struct ShowFlags {
  std::filesystem::path input;
  std::string case_name;
  std::string class_name;
  std::vector<int64_t> position;
  std::string window;
  std::optional<double> level;
  std::optional<int64_t> size_pixels;
  bool numbers = false;
  bool no_numbers = false;
  int64_t channel = 0;
  bool only_class = false;
  bool fill = false;
  bool outline = false;
  bool contact_sheet = false;
  std::vector<std::string> cases;
  ImageFlags image;
  ImportFlags import_settings;
  std::filesystem::path output;
  bool force = false;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "volseg.show", message);
}

std::vector<const dataset::Row*> all_rows(const dataset::Dataset& dataset) {
  std::vector<const dataset::Row*> rows;
  for (const auto part :
       {dataset::Part::kTrain, dataset::Part::kValidation, dataset::Part::kTest}) {
    for (const dataset::Row& row : dataset.rows(part)) {
      rows.push_back(&row);
    }
  }
  if (rows.empty()) {
    throw Error(ErrorKind::kNotFound, "volseg.show", "the dataset has no rows");
  }
  return rows;
}

size_t class_index(const std::vector<std::string>& names, const std::string& class_name) {
  const auto found = std::ranges::find(names, class_name);
  if (found == names.end()) {
    throw Error(ErrorKind::kNotFound, "volseg.show",
                fmt::format("no class \"{}\" among {}; near names are {}", class_name, names.size(),
                            fmt::join(core::near_names(class_name, names, kNamesShown), ", ")));
  }
  return static_cast<size_t>(found - names.begin());
}

std::optional<double> number_in(std::string_view text) {
  double number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = code == std::errc{} && end == text.data() + text.size();
  return whole ? std::optional(number) : std::nullopt;
}

// "--window W --level L", "--window NAME" or "--window LOW,HIGH".
std::optional<report::IntensityWindow> chosen_window(const ShowFlags& flags) {
  if (flags.window.empty()) {
    if (flags.level) {
      refuse("--level needs a width: --window WIDTH --level LEVEL");
    }
    return std::nullopt;
  }
  const size_t comma = flags.window.find(',');
  const std::optional<double> first = number_in(flags.window.substr(0, comma));
  if (comma == std::string::npos && first) {
    if (!flags.level) {
      refuse(fmt::format("--window {} is a width and needs a level: --window {} --level LEVEL",
                         flags.window, flags.window));
    }
    return report::window_of(*first, *flags.level);
  }
  if (flags.level) {
    refuse("--level goes with a width: --window WIDTH --level LEVEL");
  }
  if (comma == std::string::npos) {
    return report::window_named(flags.window);
  }
  const std::optional<double> second = number_in(flags.window.substr(comma + 1));
  if (!first || !second || !(*first < *second)) {
    refuse("--window LOW,HIGH: expected two numbers, LOW below HIGH");
  }
  return report::IntensityWindow{*first, *second};
}

report::CasePictureOptions picture_options(const ShowFlags& flags,
                                           const std::vector<std::string>& class_names) {
  report::CasePictureOptions options{
      .only_class = flags.only_class,
      .filled = flags.fill,
      .numbered = flags.numbers || flags.no_numbers ? std::optional(flags.numbers) : std::nullopt,
      .window = chosen_window(flags),
      .channel = flags.channel,
      .panel_edge_pixels =
          flags.size_pixels.value_or(flags.contact_sheet ? kThumbnailPixels : kPanelPixels)};
  if (!flags.class_name.empty()) {
    options.class_index = class_index(class_names, flags.class_name);
  }
  return options;
}

core::Shape3 checked_position(const std::vector<int64_t>& position, const core::Shape3& shape) {
  core::Shape3 voxel{};
  for (size_t axis = 0; axis < 3; ++axis) {
    voxel[axis] = position[axis];
    if (voxel[axis] < 0 || voxel[axis] >= shape[axis]) {
      refuse(
          fmt::format("position {} is outside the image of {} voxels; positions are counted "
                      "from 0 along each array axis",
                      fmt::join(position, ","), core::to_string(shape)));
    }
  }
  return voxel;
}

void write_picture(const ShowFlags& flags, const report::Picture& picture,
                   const std::string& subject, const Session& session) {
  core::write_file(flags.output, report::encode_png(picture).bytes(), overwrite_of(flags.force));
  say(session, fmt::format("{}: {}, {} x {} pixels", flags.output.string(), subject, picture.width,
                           picture.height));
}

void show_case(const ShowFlags& flags, const report::LabelledImage& shown,
               const std::vector<std::string>& class_names, const Session& session) {
  report::CasePictureOptions options = picture_options(flags, class_names);
  if (!flags.position.empty()) {
    options.position = checked_position(flags.position, shown.image.header.shape);
  } else if (options.class_index &&
             (shown.masks.empty() || shown.masks[*options.class_index].runs.empty())) {
    say(session,
        fmt::format("case {} has no {}; the planes go through the middle of {}", shown.name,
                    flags.class_name, shown.masks.empty() ? "the image" : "its largest class"));
  }
  write_picture(flags, report::draw_case(shown, class_names, options), "case " + shown.name,
                session);
}

// The named cases, or all; of too many, some spread evenly over them.
std::vector<const dataset::Row*> sheet_rows(const dataset::Dataset& dataset,
                                            const std::vector<std::string>& names,
                                            const Session& session) {
  std::vector<const dataset::Row*> rows;
  for (const std::string& name : names) {
    rows.push_back(&dataset.row(name));
  }
  if (!names.empty()) {
    return rows;
  }
  rows = all_rows(dataset);
  if (rows.size() <= report::kMostThumbnails) {
    return rows;
  }
  say(session, fmt::format("{} of {} cases, spread evenly; choose others with --cases",
                           report::kMostThumbnails, rows.size()));
  std::vector<const dataset::Row*> some;
  for (size_t i = 0; i < report::kMostThumbnails; ++i) {
    some.push_back(rows[i * rows.size() / report::kMostThumbnails]);
  }
  return some;
}

void show_dataset(const ShowFlags& flags, const Session& session) {
  const auto dataset = dataset::Dataset::open(flags.input, flags.import_settings.resolve());
  if (!flags.contact_sheet) {
    const dataset::Row& row =
        flags.case_name.empty() ? *all_rows(dataset).front() : dataset.row(flags.case_name);
    show_case(flags, report::load_labelled_image(dataset, row), dataset.class_names(), session);
    return;
  }
  const report::CasePictureOptions options = picture_options(flags, dataset.class_names());
  const std::vector<const dataset::Row*> rows = sheet_rows(dataset, flags.cases, session);
  write_picture(flags, report::draw_contact_sheet(dataset, rows, options, session.work()),
                core::counted(std::ssize(rows), "case"), session);
}

void show_file(const ShowFlags& flags, const Session& session) {
  const auto import = flags.import_settings.resolve();
  const LabelledFile file = load_labelled_file(flags.input, flags.image, import.channel_axis);
  show_case(flags, file.shown, file.class_names, session);
}

void check_flags(const ShowFlags& flags, bool is_image) {
  if (flags.output.extension() != ".png") {
    refuse(flags.output.string() + ": pictures are PNG; give a name that ends in .png");
  }
  if (flags.only_class && flags.class_name.empty()) {
    refuse("--only needs a class: --class NAME --only");
  }
  if (is_image && (flags.contact_sheet || !flags.case_name.empty())) {
    refuse(flags.input.string() + ": an image file has no cases; give a dataset");
  }
  if (!is_image && !flags.image.labels.empty()) {
    refuse(
        "--labels goes with an image (told by its name or by --image); a dataset brings its own "
        "masks");
  }
  if (flags.contact_sheet && (!flags.position.empty() || !flags.case_name.empty())) {
    refuse("--contact-sheet takes cases by --cases, and no --position");
  }
  if (!flags.contact_sheet && !flags.cases.empty()) {
    refuse("--cases goes with --contact-sheet; name one case after the dataset");
  }
  core::check_output(flags.output, overwrite_of(flags.force));
}

void run_show(const ShowFlags& flags, const Session& session) {
  const bool is_image = flags.image.is_image ||
                        volume::format_of_name(flags.input.filename().string()) ||
                        volume::holds_slices(flags.input);
  check_flags(flags, is_image);
  if (is_image) {
    show_file(flags, session);
  } else {
    show_dataset(flags, session);
  }
}

void add_view_flags(CLI::App& command, ShowFlags& flags) {
  command.add_option("--class", flags.class_name,
                     "Class whose middle the planes go through (default: the largest)");
  command.add_flag("--only", flags.only_class, "Draw the masks of --class only");
  command.add_option("--position", flags.position, "Voxel to go through: A,B,C along array axes")
      ->delimiter(',')
      ->expected(3);
  command.add_option(
      "--window", flags.window,
      fmt::format("WIDTH with --level, LOW,HIGH, or {} (default: soft-tissue for CT, else the "
                  "percentiles 0.5 and 99.5)",
                  fmt::join(report::window_names(), ", ")));
  command.add_option("--level", flags.level, "Middle of a window of --window WIDTH");
  command.add_option("--channel", flags.channel, "Channel of the image, from 0");
  auto* fill = command.add_flag("--fill", flags.fill, "Fill the masks as well as outline them");
  command.add_flag("--outline", flags.outline, "Outlines only (the default)")->excludes(fill);
  auto* numbers = command.add_flag(
      "--numbers", flags.numbers, "Class numbers in the masks (default: with more than 8 classes)");
  command.add_flag("--no-numbers", flags.no_numbers, "No class numbers")->excludes(numbers);
  command
      .add_option("--size", flags.size_pixels,
                  "Longest edge of a plane in pixels (default: 400, on a sheet 160)")
      ->check(CLI::Range(16, 4096));
}

}  // namespace

void add_show_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("show", "Draw planes of cases with their masks as PNG");
  const auto flags = std::make_shared<ShowFlags>();
  command->add_option("dataset", flags->input, "Dataset (zip or folder), or an image file")
      ->required();
  command->add_option("case", flags->case_name, "Case by name (default: the first)");
  add_view_flags(*command, *flags);
  command->add_flag("--contact-sheet", flags->contact_sheet, "One thumbnail for each case");
  command->add_option("--cases", flags->cases, "Cases of the contact sheet: A,B,C")->delimiter(',');
  add_image_flags(*command, flags->image);
  command->add_option("-o,--output", flags->output, "PNG file to write")->required();
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg show dataset.zip -o case.png\n"
      "  volseg show dataset.zip patient_07 --class liver --window 150 --level 60 -o liver.png\n"
      "  volseg show dataset.zip --contact-sheet --class tumour --fill -o sheet.png\n"
      "  volseg show image.nii.gz --labels labels.nii.gz --window lung -o lung.png");
  command->callback([flags, &session] { run_show(*flags, session); });
}

}  // namespace volseg::app
