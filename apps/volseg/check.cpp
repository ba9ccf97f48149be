// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "apps/volseg/command.h"
#include "volseg/core/error.h"
#include "volseg/dataset/findings.h"
#include "volseg/dataset/fix_dataset.h"

namespace volseg::app {

namespace {

using dataset::Severity;

const std::map<std::string, Severity> kSeverities = {
    {"error", Severity::kError}, {"warning", Severity::kWarning}, {"note", Severity::kNote}};

struct CheckFlags {
  std::filesystem::path dataset;
  ImportFlags import_settings;
  bool json = false;
  std::string severity;
  std::vector<std::string> waived;
  bool fix = false;
  bool assume_zero_based = false;
  std::vector<int> assume_axis_order;
  std::filesystem::path output;
  bool force = false;
};

[[noreturn]] void refuse(const std::string& message) {
  throw Error(ErrorKind::kUsage, "volseg.arguments", message);
}

dataset::FixOptions fix_options(const CheckFlags& flags) {
  dataset::FixOptions options{.assume_zero_based = flags.assume_zero_based};
  if (flags.assume_axis_order.empty()) {
    return options;
  }
  std::array<int, 3> axes{};
  std::array<bool, 3> seen{};
  for (size_t index = 0; index < axes.size(); ++index) {
    axes[index] = flags.assume_axis_order[index];
    seen[static_cast<size_t>(axes[index])] = true;
  }
  if (!seen[0] || !seen[1] || !seen[2]) {
    refuse("--assume-axis-order: each of the axes 0, 1 and 2 is needed once, such as 2 1 0");
  }
  options.assume_axis_order = axes;
  return options;
}

dataset::CheckReport look(const CheckFlags& flags, const Session& session) {
  const dataset::ImportSettings settings = flags.import_settings.resolve();
  if (!flags.fix) {
    return dataset::check(flags.dataset, settings, session.work());
  }
  return dataset::fix_dataset(flags.dataset, settings, fix_options(flags), flags.output,
                              overwrite_of(flags.force), session.work());
}

void run_check(const CheckFlags& flags, Session& session) {
  if (flags.fix && (flags.output.empty() || flags.output == "-")) {
    refuse("--fix needs -o with the zip to write");
  }
  if (!flags.fix && (flags.assume_zero_based || !flags.assume_axis_order.empty())) {
    refuse("--assume-zero-based and --assume-axis-order need --fix");
  }
  dataset::check_codes(flags.waived);
  if (!flags.fix) {
    check_text_output(flags.output, overwrite_of(flags.force), flags.dataset);
  }
  dataset::CheckReport report = look(flags, session);
  dataset::waive(report, flags.waived);
  const Severity least = flags.severity.empty() ? Severity::kError : kSeverities.at(flags.severity);
  if (!flags.severity.empty()) {
    dataset::keep_severity(report, least);
  }
  const std::string text = flags.json ? dataset::to_json(report) : dataset::to_text(report);
  write_output(flags.fix ? std::filesystem::path() : flags.output, text, overwrite_of(flags.force));
  dataset::keep_severity(report, least);
  session.exit_code = report.findings.empty() ? 0 : kExitFindings;
}

void add_fix_flags(CLI::App& command, CheckFlags& flags) {
  command.add_flag(
      "--fix", flags.fix,
      "Write a copy to -o with everything repaired that has one meaning; what was done "
      "and what remains is reported");
  command.add_flag("--assume-zero-based", flags.assume_zero_based,
                   "With --fix: starts of runs count from 0; add 1 to each");
  command
      .add_option("--assume-axis-order", flags.assume_axis_order,
                  "With --fix: masks were encoded from arrays whose axes are these of the image, "
                  "such as 2 1 0; turn them back")
      ->expected(3)
      ->check(CLI::Range(0, 2));
}

}  // namespace

void add_check_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("check", "Find every defect of a dataset");
  const auto flags = std::make_shared<CheckFlags>();
  command->add_option("dataset", flags->dataset, "Dataset: zip or folder")->required();
  command->add_flag("--json", flags->json, "Findings as JSON (docs/formats/findings.schema.json)");
  command
      ->add_option("--severity", flags->severity,
                   "Report this severity and those above it, and exit with 1 when one is left; "
                   "without it all are reported and errors alone exit with 1")
      ->check(CLI::IsMember({"error", "warning", "note"}));
  command
      ->add_option(
          "--waive", flags->waived,
          "Code of findings to accept: counted, not reported, no exit code; may be repeated")
      ->expected(1)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
  add_fix_flags(*command, *flags);
  command->add_option("-o,--output", flags->output,
                      "File to write instead of standard output; with --fix the fixed zip");
  add_force_flag(*command, flags->force);
  add_import_flags(*command, flags->import_settings);
  add_common_flags(*command, session);
  command->footer(
      "Exit code 1 when there are errors; warnings and notes alone give 0, see --severity.\n"
      "Examples:\n"
      "  volseg check dataset.zip\n"
      "  volseg check dataset.zip --severity warning --waive image-unused\n"
      "  volseg check dataset.zip --json -o findings.json\n"
      "  volseg check dataset.zip --fix -o fixed.zip");
  command->callback([flags, &session] { run_check(*flags, session); });
}

}  // namespace volseg::app
