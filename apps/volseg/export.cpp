// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "apps/volseg/command.h"
#include "volseg/dataset/pack.h"

namespace volseg::app {

namespace {

struct ExportFlags {
  std::filesystem::path dataset;
  std::filesystem::path output;
  ImportFlags import_settings;
  std::string format = "nifti";
  bool force = false;
};

void run_export(const ExportFlags& flags, Session& session) {
  dataset::export_dataset(flags.dataset, flags.output,
                          {.format = flags.format == "npy" ? dataset::ExportFormat::kNpy
                                                           : dataset::ExportFormat::kNiftiGz,
                           .import_settings = flags.import_settings.resolve(),
                           .overwrite = overwrite_of(flags.force),
                           .work = session.work()});
  say(session, "wrote " + flags.output.string());
}

}  // namespace

void add_export_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("export", "Write a dataset as images and label maps");
  const auto flags = std::make_shared<ExportFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_option("-o,--output", flags->output, "Folder to write")->required();
  command->add_option("--format", flags->format, "Format of the label maps: nifti or npy")
      ->check(CLI::IsMember({"nifti", "npy"}));
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg export dataset.zip -o exported\n"
      "  volseg export dataset.zip -o exported --format npy");
  command->callback([flags, &session] { run_export(*flags, session); });
}

}  // namespace volseg::app
