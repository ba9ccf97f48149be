// SPDX-License-Identifier: Apache-2.0
#include <CLI/CLI.hpp>
#include <cstdio>
#include <exception>

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
    "  volseg predict run new_scans -o predictions\n"
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
  add_plan_command(program, session);
  add_train_command(program, session);
  add_predict_command(program, session);
  add_score_command(program, session);
  add_report_command(program, session);
}

int fail(const char* text, int exit_code) {
  std::fflush(stdout);
  std::fprintf(stderr, "volseg: %s\n", text);
  return exit_code;
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
    return program.exit(fault) == 0 ? 0 : kExitUsage;
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
    return fail((std::string("[volseg] unexpected: ") + error.what()).c_str(), kExitBadData);
  }
}
