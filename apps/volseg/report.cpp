// SPDX-License-Identifier: Apache-2.0
#include "volseg/report/report.h"

#include <memory>

#include "apps/volseg/command.h"

namespace volseg::app {

namespace {

void run_report(const report::ReportOptions& flags, Session& session) {
  check_run_folder(flags.run);
  for (const auto& input : {flags.truth, flags.prediction, flags.run}) {
    core::check_not_input(flags.output, input);
  }
  report::ReportOptions options = flags;
  options.work = session.work();
  say(session, "wrote " + report::write_report(options).string());
}

}  // namespace

void add_report_command(CLI::App& program, Session& session) {
  auto* command = program.add_subcommand("report", "Write one HTML page about a run");
  const auto options = std::make_shared<report::ReportOptions>();
  command->add_option("run", options->run, "Run folder of a training")->required();
  command->add_option("--truth", options->truth, "Dataset with the true masks");
  command->add_option("--prediction", options->prediction,
                      "Predictions to score and draw: folder of label maps, or dataset");
  command->add_option("--fold", options->fold, "Fold to report")->check(CLI::Range(0, 9999));
  command->add_option("-o,--output", options->output,
                      "HTML file (default: report.html in the run)");
  const auto force = std::make_shared<bool>(false);
  add_force_flag(*command, *force);
  add_common_flags(*command, session);
  command->footer(
      "The page in the run folder is replaced; a file given by -o only with --force.\n"
      "Examples:\n"
      "  volseg report run\n"
      "  volseg report run --truth dataset.zip --prediction predictions -o report.html");
  command->callback([options, force, &session] {
    options->overwrite = overwrite_of(*force || options->output.empty());
    run_report(*options, session);
  });
}

}  // namespace volseg::app
