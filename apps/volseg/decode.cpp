// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>
#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::app {

namespace {

constexpr int64_t kMostVoxels = int64_t{1} << 36;

struct DecodeFlags {
  std::filesystem::path text;
  std::vector<int64_t> shape;
  std::vector<int64_t> public_shape;  // height, width, depth
  std::filesystem::path like;
  std::optional<std::string> series;
  int32_t label = 1;
  std::string format = "npy";
  std::filesystem::path output;
  bool force = false;
};

// The shape of the array that the text is read against; geometry comes from --like only.
struct Grid {
  core::Shape3 shape{};
  volume::Geometry geometry;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "volseg.decode", message);
}

Grid grid_of(const DecodeFlags& flags) {
  const bool is_public = !flags.public_shape.empty();
  if ((flags.shape.empty() ? 0 : 1) + (flags.like.empty() ? 0 : 1) + (is_public ? 1 : 0) != 1) {
    refuse("the text does not say its shape; give one of --shape, --like and --like-rle2mask-3d");
  }
  if (!flags.like.empty()) {
    const volume::ReadOptions options{.channel_axis = std::nullopt, .series = flags.series};
    const volume::Header header = volume::read_volume(flags.like, options).header;
    return {header.shape, header.geometry};
  }
  // The public decoder takes (height, width, depth) and returns axes (depth, height, width).
  const std::vector<int64_t>& given = is_public ? flags.public_shape : flags.shape;
  const core::Shape3 shape = is_public ? core::Shape3{given[2], given[0], given[1]}
                                       : core::Shape3{given[0], given[1], given[2]};
  if (shape[0] > kMostVoxels / shape[1] / shape[2]) {
    refuse(fmt::format("a shape of {} voxels; expected at most {}", core::to_string(shape),
                       kMostVoxels));
  }
  return {shape, {}};
}

volume::FileFormat format_of(const DecodeFlags& flags) {
  const std::string name = flags.output == "-" ? "mask." + flags.format : flags.output.string();
  const auto format = volume::format_of_name(name);
  if (!format) {
    refuse(name + ": no image format has this extension; use .npy or .nii.gz, for instance");
  }
  return *format;
}

std::string one_line(std::string text) {
  if (text.ends_with('\n')) {
    text.pop_back();
  }
  return text;
}

// Tells what is wrong with a text, and in which file.
[[noreturn]] void throw_fault(const std::string& text, const core::Shape3& shape,
                              const std::string& name) {
  try {
    static_cast<void>(mask::parse_runs_or_throw(text, shape));
  } catch (const Error& fault) {
    throw Error(fault.kind(), fault.operation(), name + ": " + fault.message());
  }
  throw Error(ErrorKind::kFormat, "mask.parse_runs", name + ": not a mask");
}

void tell_warnings(const mask::RunTextWarnings& warnings, const Session& session) {
  const std::map<std::string, bool> all = {{"runs out of order", warnings.unsorted},
                                           {"overlapping runs", warnings.overlapping},
                                           {"touching runs", warnings.touching},
                                           {"runs of length 0", warnings.zero_length},
                                           {"other white space", warnings.other_white_space},
                                           {"leading zeros", warnings.leading_zeros}};
  for (const auto& [what, found] : all) {
    if (found && session.work().progress != nullptr) {
      session.work().progress->message("warning: not canonical: " + what);
    }
  }
}

void run_decode(const DecodeFlags& flags, const Session& session) {
  const auto overwrite = overwrite_of(flags.force);
  check_text_output(flags.output, overwrite, flags.text);
  const volume::FileFormat format = format_of(flags);
  const Grid grid = grid_of(flags);
  const std::string text = one_line(read_input(flags.text));
  const mask::ParsedRuns parsed = mask::parse_runs(text, grid.shape);
  if (parsed.error != mask::RunTextError::kNone) {
    throw_fault(text, grid.shape, flags.text.string());
  }
  tell_warnings(parsed.warnings, session);
  const bool is_npy = format == volume::FileFormat::kNpy;
  core::Array<int32_t> labels(grid.shape, is_npy ? core::Order::kC : core::Order::kFortran, 0);
  mask::paint(parsed.mask, flags.label, labels.view());
  const volume::Volume volume = volume::from_labels(labels.view(), grid.geometry);
  if (flags.output == "-") {
    const core::Buffer bytes = volume::encode_volume(volume, format);
    write_output(
        "-", {reinterpret_cast<const char*>(bytes.data()), static_cast<size_t>(bytes.size_bytes())},
        overwrite);
    return;
  }
  volume::write_volume(flags.output, volume, overwrite);
  say(session, fmt::format("{}: {} voxels, {} inside", flags.output.string(),
                           core::to_string(grid.shape), mask::area(parsed.mask)));
}

}  // namespace

void add_decode_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("decode", "Mask file of a run-length text");
  const auto flags = std::make_shared<DecodeFlags>();
  command->add_option("text", flags->text, "Run-length text; - for standard input")->required();
  command->add_option("-o,--output", flags->output, "Mask file; - for standard output")->required();
  const auto extent = CLI::Range(int64_t{1}, kMostVoxels);
  command->add_option("--shape", flags->shape, "Shape of the array: A,B,C")
      ->delimiter(',')
      ->expected(3)
      ->check(extent);
  command->add_option("--like", flags->like, "Image that gives shape and geometry");
  add_series_flag(*command, flags->series);
  command
      ->add_option("--like-rle2mask-3d", flags->public_shape,
                   "Height, width and depth as given to the public rle2mask_3d; the array has its "
                   "axes (depth, height, width)")
      ->expected(3)
      ->check(extent);
  command->add_option("--label", flags->label, "Value of the mask's voxels (default: 1)")
      ->check(CLI::Range(1, 2'147'483'647));
  command->add_option("--format", flags->format, "Format on standard output: npy, nii or nii.gz");
  add_force_flag(*command, flags->force);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg decode liver.txt --like scan.nii.gz -o liver.nii.gz\n"
      "  volseg decode lung.txt --shape 512,512,300 -o lung.npy\n"
      "  volseg decode lung.txt --like-rle2mask-3d 128 128 64 -o lung.npy");
  command->callback([flags, &session] { run_decode(*flags, session); });
}

}  // namespace volseg::app
