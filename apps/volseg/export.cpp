// SPDX-License-Identifier: Apache-2.0
#include <memory>
#include <string>
#include <vector>

#include "apps/volseg/command.h"
#include "volseg/dataset/pack.h"

namespace volseg::app {

namespace {

struct ExportFlags {
  std::filesystem::path dataset;
  std::filesystem::path output;
  ImportFlags import_settings;
  std::string format = "nifti";
  bool convert_images = false;
  std::vector<std::string> channel_names;
  bool force = false;
};

dataset::ExportFormat format_named(const std::string& name) {
  if (name == "nnunet") {
    return dataset::ExportFormat::kNnunet;
  }
  return name == "npy" ? dataset::ExportFormat::kNpy : dataset::ExportFormat::kNiftiGz;
}

void run_export(const ExportFlags& flags, Session& session) {
  const auto remarks = dataset::export_dataset(flags.dataset, flags.output,
                                               {.format = format_named(flags.format),
                                                .convert_images = flags.convert_images,
                                                .channel_names = flags.channel_names,
                                                .import_settings = flags.import_settings.resolve(),
                                                .overwrite = overwrite_of(flags.force),
                                                .work = session.work()});
  for (const std::string& remark : remarks) {
    say(session, "warning: " + remark);
  }
  say(session, "wrote " + flags.output.string());
}

}  // namespace

void add_export_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("export", "Write a dataset as images and label maps");
  const auto flags = std::make_shared<ExportFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_option("-o,--output", flags->output, "Folder to write")->required();
  command
      ->add_option("--format", flags->format, "Label maps as nifti or npy, or an nnunet raw folder")
      ->check(CLI::IsMember({"nifti", "npy", "nnunet"}));
  command->add_flag("--convert-images", flags->convert_images,
                    "Images in that format too; else they keep their bytes");
  command->add_option("--channel-names", flags->channel_names,
                      "Names of the channels in an nnunet folder, such as CT");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Examples:\n"
      "  volseg export dataset.zip -o exported\n"
      "  volseg export dataset.zip -o exported --format npy --convert-images\n"
      "  volseg export dataset.zip -o Dataset001_Liver --format nnunet --channel-names CT\n"
      "The way back:\n"
      "  volseg pack --pairs exported/cases.csv --label-names exported/train/label_names.json "
      "-o again.zip\n"
      "  volseg pack Dataset001_Liver -o again.zip");
  command->callback([flags, &session] { run_export(*flags, session); });
}

}  // namespace volseg::app
