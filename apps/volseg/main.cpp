// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "apps/volseg/command.h"
#include "apps/volseg/interrupt.h"
#include "apps/volseg/terminal_progress.h"
#include "volseg/core/error.h"
#include "volseg/core/version.h"

namespace {

constexpr int kExitUsage = 2;
constexpr int kExitBadData = 3;

constexpr const char* kFooter =
    "From files to a scored model:\n"
    "  volseg pack --images imagesTr --labels labelsTr -o dataset.zip\n"
    "  volseg check dataset.zip\n"
    "  volseg train dataset.zip -o run --recipe quick\n"
    "  volseg predict run imagesTs -o predictions\n"
    "\n"
    "Exit codes: 0 done, 1 findings, 2 usage, 3 bad data, 4 input or output,\n"
    "            5 not available here, 130 interrupted";

void add_commands(CLI::App& program, volseg::app::Session& session) {
  using namespace volseg::app;
  add_pack_command(program, session);
  add_check_command(program, session);
  add_info_command(program, session);
  add_show_command(program, session);
  add_export_command(program, session);
  add_salvage_command(program, session);
  add_encode_command(program, session);
  add_decode_command(program, session);
  add_plan_command(program, session);
  add_train_command(program, session);
  add_predict_command(program, session);
  add_score_command(program, session);
  add_report_command(program, session);
}

int fail(const std::string& text, int exit_code) {
  std::fflush(stdout);
  std::fprintf(stderr, "volseg: %s\n", volseg::app::printable(text).c_str());
  return exit_code;
}

// CLI11 reports an unknown command as a missing one.
std::string usage_text(const CLI::App& program, const CLI::ParseError& fault) {
  const auto commands = program.get_subcommands();
  const std::string command = commands.empty() ? "volseg" : "volseg " + commands[0]->get_name();
  const std::vector<std::string> unread = program.remaining();
  std::string found = fault.what();
  if (commands.empty() && !unread.empty()) {
    found = (unread[0].starts_with("-") ? "no option " : "no command ") + unread[0];
  } else if (commands.empty()) {
    found = "a command is required";
  }
  return "[volseg.arguments] " + found + "; `" + command + " --help` tells how to use it";
}

int run(int argument_count, char** arguments) {
  CLI::App program{
      "volseg: 3D semantic segmentation of volumes, from image files to a scored model"};
  program.name("volseg");
  program.set_version_flag("--version", std::string("volseg ") + VOLSEG_VERSION);
  program.require_subcommand(1);
  program.footer(kFooter);
  volseg::app::TerminalProgress progress = volseg::app::make_terminal_progress();
  volseg::app::Session session{.progress = &progress,
                               .cancel = &volseg::app::cancel_on_interrupt()};
  add_commands(program, session);
  try {
    program.parse(argument_count, arguments);
  } catch (const CLI::ParseError& fault) {
    return fault.get_exit_code() == 0 ? program.exit(fault)
                                      : fail(usage_text(program, fault), kExitUsage);
  }
  return session.exit_code;
}

}  // namespace

int main(int argument_count, char** arguments) {
  try {
    return run(argument_count, arguments);
  } catch (const volseg::Error& error) {
    return fail(error.what(), volseg::exit_code(error.kind()));
  } catch (const std::bad_alloc&) {
    return fail("[volseg] out of memory; use fewer jobs (-j 1) or a machine with more",
                kExitBadData);
  } catch (const std::exception& error) {
    return fail(std::string("[volseg] unexpected: ") + error.what(), kExitBadData);
  }
}
