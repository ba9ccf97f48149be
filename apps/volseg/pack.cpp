// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/pack.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <memory>

#include "apps/volseg/command.h"
#include "volseg/core/text.h"

namespace volseg::app {

namespace {

struct PackFlags {
  dataset::PackOptions options;
  std::filesystem::path label_names;
  std::filesystem::path output;
  bool force = false;
};

void add_part(CLI::App& command, const std::string& prefix, const std::string& table,
              dataset::PackPart& part, bool required) {
  const std::string name = prefix.empty() ? "--" : "--" + prefix + "-";
  command
      .add_option(name + "images", part.images,
                  "Images of the " + table + " table: files or folders")
      ->required(required);
  command.add_option(name + "labels", part.labels,
                     "Their label maps, or one mask file per class; matched by file name");
}

void run_pack(const PackFlags& flags, Session& session) {
  for (const dataset::PackPart* part :
       {&flags.options.train, &flags.options.validation, &flags.options.test}) {
    for (const auto* inputs : {&part->images, &part->labels}) {
      for (const auto& input : *inputs) {
        core::check_not_input(flags.output, input);
      }
    }
  }
  dataset::PackOptions options = flags.options;
  if (!flags.label_names.empty()) {
    options.label_names = dataset::read_label_names(flags.label_names);
  }
  options.overwrite = overwrite_of(flags.force);
  options.work = session.work();
  const dataset::PackSummary summary = dataset::pack(flags.output, options);
  for (const std::string& warning : summary.warnings) {
    say(session, "warning: " + warning);
  }
  say(session, fmt::format("{}: {} train, {} validation, {} test cases; {}", flags.output.string(),
                           summary.train_cases, summary.validation_cases, summary.test_cases,
                           core::size_text(summary.size_bytes)));
  say(session, fmt::format("{}: {}", core::counted(std::ssize(summary.class_names), "class"),
                           fmt::join(summary.class_names, ", ")));
}

}  // namespace

void add_pack_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("pack", "Make a dataset zip from images and labels");
  const auto flags = std::make_shared<PackFlags>();
  add_part(*command, "", "train", flags->options.train, true);
  add_part(*command, "validation", "validation", flags->options.validation, false);
  add_part(*command, "test", "test", flags->options.test, false);
  command->add_option("--label-names", flags->label_names,
                      "JSON or text file that gives label values their names");
  command->add_flag("--images-as-npy", flags->options.images_as_npy,
                    "Convert images to .npy; geometry goes to the table");
  command->add_option("-o,--output", flags->output, "Dataset zip to write")->required();
  add_force_flag(*command, flags->force);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg pack --images imagesTr --labels labelsTr --label-names names.json -o dataset.zip\n"
      "  volseg pack --images a.nii.gz b.npy --labels masks/ --test-images new/ -o dataset.zip");
  command->callback([flags, &session] { run_pack(*flags, session); });
}

}  // namespace volseg::app
