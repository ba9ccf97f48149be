// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/pack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/core/text.h"

namespace volseg::app {

namespace {

constexpr const char* kExamples =
    "Examples:\n"
    "images and label maps with matching names (case_1.nii.gz, case_1_seg.nii.gz):\n"
    "  volseg pack --images imagesTr --labels labelsTr --label-names names.json -o dataset.zip\n"
    "one folder of everything, told apart by the ends of names; two channels:\n"
    "  volseg pack --images scans --image-suffix _t1 _t2 --label-suffix _seg -o dataset.zip\n"
    "a table with the columns image and label (and fold, group, part, spacing):\n"
    "  volseg pack --pairs cases.csv --label 1=liver 5=tumour -o dataset.zip\n"
    "an nnU-Net raw folder or a Medical Segmentation Decathlon folder:\n"
    "  volseg pack Dataset001_Liver --folds 3 -o dataset.zip\n"
    "folders of DICOM slices, and DICOM segmentations named as they are (segs/case_1.dcm):\n"
    "  volseg pack --images series --labels segs -o dataset.zip\n"
    "a dataset once more, with canonical run texts:\n"
    "  volseg pack old.zip --recanonicalise -o dataset.zip";

struct PackFlags {
  dataset::PackOptions options;
  ImportFlags import_settings;
  std::filesystem::path label_names;
  std::vector<std::string> labels;
  std::string images_as;
  std::filesystem::path output;
  bool force = false;
};

void add_part(CLI::App& command, const std::string& prefix, const std::string& table,
              dataset::PackPart& part) {
  const std::string name = prefix.empty() ? "--" : "--" + prefix + "-";
  command.add_option(name + "images", part.images,
                     "Images of the " + table + " table: files or folders");
  command.add_option(name + "labels", part.labels,
                     "Their label maps, or one mask file per class; matched by file name");
}

void add_sources(CLI::App& command, dataset::PackOptions& options) {
  command.add_option("source", options.source,
                     "nnU-Net raw folder, Medical Segmentation Decathlon folder, or dataset to "
                     "pack again (zip or folder)");
  add_part(command, "", "train", options.train);
  add_part(command, "validation", "validation", options.validation);
  add_part(command, "test", "test", options.test);
  command.add_option("--pairs", options.pairs,
                     "CSV: image, label or label:CLASS, and where wanted fold, group, part "
                     "(train, validation, test), spacing; paths from its folder, channels a;b");
  add_series_flag(command, options.series);
  command.add_option("--image-suffix", options.image_suffixes,
                     "End of image names, such as _t1; several are channels in this order");
  command.add_option("--label-suffix", options.label_suffixes,
                     "End of label names, such as _seg; without --labels beside the images");
}

void add_label_flags(CLI::App& command, PackFlags& flags) {
  command.add_option("--label-names", flags.label_names,
                     "JSON or text file that gives label values their names");
  command.add_option("--label", flags.labels, "Label values and names, such as 1=liver 5=spleen");
  command
      .add_option(
          "--fraction-threshold", flags.options.fraction_threshold,
          "Of fractional DICOM segmentations: inside from this share of their largest value")
      ->check(CLI::Range(1e-6, 1.0));
  command.add_flag("--resample-masks", flags.options.resample_masks,
                   "Bring masks of another grid onto the image's by their geometry, nearest voxel");
  command.add_flag("--recanonicalise", flags.options.recanonicalise,
                   "Rewrite the run texts of a dataset canonically");
}

void add_fold_flags(CLI::App& command, dataset::PackOptions& options) {
  command
      .add_option("--folds", options.folds,
                  "Write a column of this many folds; cases of one group stay together")
      ->check(CLI::Range(2, 1000));
  command.add_option("--seed", options.fold_seed, "Seed of --folds");
}

void check_inputs(const PackFlags& flags) {
  const dataset::PackOptions& options = flags.options;
  std::vector<std::filesystem::path> inputs = {options.source, options.pairs, flags.label_names};
  for (const dataset::PackPart* part : {&options.train, &options.validation, &options.test}) {
    inputs.insert(inputs.end(), part->images.begin(), part->images.end());
    inputs.insert(inputs.end(), part->labels.begin(), part->labels.end());
  }
  for (const std::filesystem::path& input : inputs) {
    core::check_not_input(flags.output, input);
  }
}

std::map<int32_t, std::string> label_names_of(const PackFlags& flags) {
  std::map<int32_t, std::string> names = dataset::parse_label_names(flags.labels);
  if (!flags.label_names.empty() && !names.empty()) {
    throw Error(ErrorKind::kUsage, "volseg.arguments",
                "label names from --label-names and from --label; give one of them");
  }
  return flags.label_names.empty() ? names : dataset::read_label_names(flags.label_names);
}

void tell(const dataset::PackSummary& summary, const PackFlags& flags, const Session& session) {
  for (const std::string& warning : summary.warnings) {
    say(session, "warning: " + warning);
  }
  say(session, fmt::format("{}: {} train, {} validation, {} test cases; {}", flags.output.string(),
                           summary.train_cases, summary.validation_cases, summary.test_cases,
                           core::size_text(summary.size_bytes)));
  say(session, fmt::format("{}: {}", core::counted(std::ssize(summary.class_names), "class"),
                           fmt::join(summary.class_names, ", ")));
}

void run_pack(const PackFlags& flags, Session& session) {
  check_inputs(flags);
  dataset::PackOptions options = flags.options;
  options.import_settings = flags.import_settings.resolve();
  options.label_names = label_names_of(flags);
  if (!flags.images_as.empty()) {
    options.images_as =
        flags.images_as == "npy" ? volume::FileFormat::kNpy : volume::FileFormat::kNiftiGz;
  }
  options.overwrite = overwrite_of(flags.force);
  options.work = session.work();
  tell(dataset::pack(flags.output, options), flags, session);
}

}  // namespace

void add_pack_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("pack", "Make a dataset zip from images and labels");
  const auto flags = std::make_shared<PackFlags>();
  add_sources(*command, flags->options);
  add_label_flags(*command, *flags);
  add_fold_flags(*command, flags->options);
  command
      ->add_option("--images-as", flags->images_as,
                   "Convert images to npy (geometry goes to the table) or nifti")
      ->check(CLI::IsMember({"npy", "nifti"}));
  command->add_option("-o,--output", flags->output, "Dataset zip to write")->required();
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(kExamples);
  command->callback([flags, &session] { run_pack(*flags, session); });
}

}  // namespace volseg::app
