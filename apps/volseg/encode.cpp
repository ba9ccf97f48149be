// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <memory>
#include <span>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"
#include "volseg/mask/run_text.h"
#include "volseg/volume/formats.h"

namespace volseg::app {

namespace {

constexpr size_t kLabelsListed = 10;

struct EncodeFlags {
  std::filesystem::path mask;
  std::optional<int32_t> label;
  std::optional<std::string> series;
  bool json = false;
  std::filesystem::path output;
  bool force = false;
};

volume::Volume read_mask(const EncodeFlags& flags) {
  const volume::ReadOptions options{.channel_axis = std::nullopt, .series = flags.series};
  if (flags.mask != "-") {
    return volume::read_volume(flags.mask, options);
  }
  const std::string bytes = read_input(flags.mask);
  return volume::read_volume(std::as_bytes(std::span(bytes)), "standard input", options);
}

std::string json_of(const core::Shape3& shape, const std::vector<mask::LabelRuns>& labels) {
  std::vector<std::string> masks;
  for (const mask::LabelRuns& each : labels) {
    masks.push_back(fmt::format("\n  {{\"label\": {}, \"voxels\": {}, \"rle_mask\": \"{}\"}}",
                                each.label, mask::area(each.mask), mask::format_runs(each.mask)));
  }
  return fmt::format("{{\"version\": 1, \"shape\": [{}], \"masks\": [{}\n]}}\n",
                     fmt::join(shape, ", "), fmt::join(masks, ","));
}

std::string listed(const std::vector<mask::LabelRuns>& labels) {
  return core::listed(labels.size(), kLabelsListed,
                      [&](size_t index) { return std::to_string(labels[index].label); });
}

std::string text_of(const EncodeFlags& flags, const core::Shape3& shape,
                    const std::vector<mask::LabelRuns>& labels) {
  if (!flags.label && labels.size() > 1) {
    throw Error(ErrorKind::kUsage, "volseg.encode",
                fmt::format("{}: holds labels {}; choose one with --label, or take all with --json",
                            flags.mask.string(), listed(labels)));
  }
  const auto chosen = std::ranges::find_if(
      labels, [&](const auto& each) { return !flags.label || each.label == *flags.label; });
  return mask::format_runs(chosen == labels.end() ? mask::RunMask{shape, {}} : chosen->mask) + "\n";
}

void run_encode(const EncodeFlags& flags) {
  check_text_output(flags.output, overwrite_of(flags.force), flags.mask);
  const volume::Volume volume = read_mask(flags);
  const std::string name = flags.mask == "-" ? "standard input" : flags.mask.string();
  const std::vector<mask::LabelRuns> labels =
      mask::encode_labels(volume::to_labels(volume, name).view());
  const core::Shape3& shape = volume.header.shape;
  write_output(flags.output, flags.json ? json_of(shape, labels) : text_of(flags, shape, labels),
               overwrite_of(flags.force));
}

}  // namespace

void add_encode_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("encode", "Run-length text of a mask file");
  const auto flags = std::make_shared<EncodeFlags>();
  command->add_option("mask", flags->mask, "Mask or label map; - for standard input")->required();
  auto* label = command->add_option("--label", flags->label,
                                    "Label to encode (default: the only one in the file)");
  command
      ->add_flag("--json", flags->json,
                 "Shape and every label with its text (docs/formats/run-length.md)")
      ->excludes(label);
  add_series_flag(*command, flags->series);
  command->add_option("-o,--output", flags->output, "Text file (default: standard output)");
  add_force_flag(*command, flags->force);
  add_common_flags(*command, session);
  command->footer(
      "Positions count from 1 over the stored array with its first axis fastest, as `mask2rle` "
      "does.\n"
      "Examples:\n"
      "  volseg encode liver.nii.gz\n"
      "  volseg encode labels.npy --label 2 -o tumour.txt");
  command->callback([flags] { run_encode(*flags); });
}

}  // namespace volseg::app
