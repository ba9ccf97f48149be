// SPDX-License-Identifier: Apache-2.0
#include "apps/volseg/command.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <cstdio>

#include "volseg/core/error.h"

namespace volseg::app {

namespace {

YAML::Node read_config(const std::filesystem::path& config) {
  const std::string text = core::read_text(config);
  try {
    YAML::Node whole = YAML::Load(text);
    if (!whole.IsMap()) {
      throw Error(ErrorKind::kUsage, "volseg.config",
                  config.string() + ": no settings; expected lines such as \"fold_column: fold\"");
    }
    return whole;
  } catch (const YAML::Exception& fault) {
    throw Error(
        ErrorKind::kUsage, "volseg.config",
        fmt::format("{} line {}: not YAML: {}", config.string(), fault.mark.line + 1, fault.msg));
  }
}

bool is_file(const std::filesystem::path& output) { return !output.empty() && output != "-"; }

void take(std::string& target, const std::string& flag) {
  if (!flag.empty()) {
    target = flag;
  }
}

}  // namespace

void add_common_flags(CLI::App& command, Session& session) {
  command.add_option("-j,--jobs", session.jobs, "Threads to use (default: one per core)")
      ->check(CLI::Range(1, 1024));
  command.add_flag("-q,--quiet", session.quiet, "No progress and no remarks");
}

void add_verbose_flag(CLI::App& command, Session& session) {
  command.add_flag("-v,--verbose", session.verbose, "More remarks");
}

void add_series_flag(CLI::App& command, std::optional<std::string>& series) {
  command.add_option("--series", series,
                     "Of an image with several DICOM series: number or description");
}

void add_force_flag(CLI::App& command, bool& force) {
  command.add_flag("--force", force, "Replace an existing output");
}

core::Overwrite overwrite_of(bool force) {
  return force ? core::Overwrite::kYes : core::Overwrite::kNo;
}

dataset::ImportSettings ImportFlags::resolve() const {
  dataset::ImportSettings settings;
  if (!config.empty()) {
    const std::string text = core::read_text(config);
    if (text.find_first_not_of(" \t\r\n") == std::string::npos) {
      throw Error(ErrorKind::kUsage, "volseg.config",
                  config.string() + ": empty; expected lines such as `fold_column: fold`");
    }
    settings = dataset::parse_import_settings(text, config.string());
  }
  take(settings.train_dataframe, from_flags.train_dataframe);
  take(settings.validation_dataframe, from_flags.validation_dataframe);
  take(settings.test_dataframe, from_flags.test_dataframe);
  take(settings.data_folder, from_flags.data_folder);
  take(settings.data_folder_test, from_flags.data_folder_test);
  take(settings.image_column, from_flags.image_column);
  take(settings.class_name_column, from_flags.class_name_column);
  take(settings.rle_mask_column, from_flags.rle_mask_column);
  take(settings.fold_column, from_flags.fold_column);
  take(settings.group_fold_column, from_flags.group_fold_column);
  if (!validation_strategy.empty()) {
    settings.validation_strategy = dataset::validation_strategy_of(validation_strategy);
  }
  if (from_flags.validation_size_fraction != dataset::ImportSettings{}.validation_size_fraction) {
    settings.validation_size_fraction = from_flags.validation_size_fraction;
  }
  if (!from_flags.selected_folds.empty()) {
    settings.selected_folds = from_flags.selected_folds;
  }
  if (channel_axis >= 0) {
    settings.channel_axis = channel_axis;
  }
  settings.allow_extra_bytes |= from_flags.allow_extra_bytes;
  return settings;
}

std::string ImportFlags::recipe_yaml() const {
  if (config.empty()) {
    return "";
  }
  const YAML::Node recipe = read_config(config)["recipe"];
  return recipe.IsDefined() && !recipe.IsNull() ? YAML::Dump(recipe) : "";
}

void add_import_flags(CLI::App& command, ImportFlags& flags) {
  auto* group = command.add_option_group("Import settings",
                                         "How the dataset is read; detected where not given");
  dataset::ImportSettings& settings = flags.from_flags;
  group->add_option("--train-dataframe", settings.train_dataframe, "Parquet table for training");
  group->add_option("--validation-dataframe", settings.validation_dataframe,
                    "Table for validation");
  group->add_option("--test-dataframe", settings.test_dataframe, "Table for testing");
  group->add_option("--data-folder", settings.data_folder, "Folder of the images in the archive");
  group->add_option("--data-folder-test", settings.data_folder_test, "Folder of the test images");
  group->add_option("--image-column", settings.image_column, "Column of image file names");
  group->add_option("--class-name-column", settings.class_name_column, "Column of class lists");
  group->add_option("--rle-mask-column", settings.rle_mask_column, "Column of run-length lists");
  group->add_option("--fold-column", settings.fold_column, "Column of fold values");
  group->add_option("--group-fold-column", settings.group_fold_column, "Column of groups");
  group
      ->add_option("--validation-strategy", flags.validation_strategy,
                   "How rows are held out for validation")
      ->check(CLI::IsMember(std::vector<std::string>(dataset::kValidationStrategies.begin(),
                                                     dataset::kValidationStrategies.end())));
  group
      ->add_option("--validation-size", settings.validation_size_fraction,
                   "Share of cases held out by the automatic strategy")
      ->check(CLI::Range(0.01, 0.95));
  group->add_option("--selected-folds", settings.selected_folds, "Fold values to use")
      ->delimiter(',');
  group->add_option("--channel-axis", flags.channel_axis, "Channel axis of 4-D .npy images: 0 or 3")
      ->check(CLI::IsMember({0, 3}));
  group->add_flag("--allow-extra-bytes", settings.allow_extra_bytes,
                  "Accept a zip that has other bytes before or behind it in its file, when it is "
                  "the only one there");
  group->add_option("--config", flags.config,
                    "YAML with the settings above (and `recipe:` for plan and train)");
}

void check_text_output(const std::filesystem::path& path, core::Overwrite overwrite,
                       const std::filesystem::path& input) {
  if (is_file(path)) {
    core::check_not_input(path, input);
    core::check_output(path, overwrite);
  }
}

void write_output(const std::filesystem::path& path, std::string_view text,
                  core::Overwrite overwrite) {
  if (is_file(path)) {
    core::write_text(path, text, overwrite);
    return;
  }
  const bool written = std::fwrite(text.data(), 1, text.size(), stdout) == text.size();
  if (!written || std::fflush(stdout) != 0) {
    throw Error(ErrorKind::kIo, "volseg.write_output", "standard output cannot be written");
  }
}

std::string read_input(const std::filesystem::path& path) {
  if (path != "-") {
    constexpr int64_t kMostMaskTextBytes = int64_t{8} << 30;
    return core::read_text(path, kMostMaskTextBytes);
  }
  std::string whole;
  std::array<char, 65536> part{};
  for (size_t count = 1; count > 0;) {
    count = std::fread(part.data(), 1, part.size(), stdin);
    whole.append(part.data(), count);
  }
  if (std::ferror(stdin) != 0) {
    throw Error(ErrorKind::kIo, "volseg.read_input", "standard input cannot be read");
  }
  return whole;
}

std::string printable(std::string_view text) {
  std::string safe(text);
  std::ranges::replace_if(
      safe, [](unsigned char letter) { return letter < 0x20 || letter == 0x7F; }, '?');
  return safe;
}

void check_run_folder(const std::filesystem::path& run) {
  if (!std::filesystem::exists(run / "plan.json")) {
    throw Error(ErrorKind::kNotFound, "volseg.run_folder",
                run.string() + ": not a run folder of `volseg train`; it has no plan.json");
  }
}

void say(const Session& session, std::string_view line) {
  if (!session.quiet) {
    std::string text;
    for (size_t begin = 0; begin <= line.size();) {
      const size_t end = std::min(line.find('\n', begin), line.size());
      text += printable(line.substr(begin, end - begin)) + "\n";
      begin = end + 1;
    }
    write_output("", text, core::Overwrite::kNo);
  }
}

}  // namespace volseg::app
