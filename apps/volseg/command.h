// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "volseg/core/files.h"
#include "volseg/core/work.h"
#include "volseg/dataset/import_settings.h"

namespace volseg::app {

/// What every command shares while the program runs.
struct Session {
  core::ProgressSink* progress = nullptr;  ///< terminal bar, line log, or null with -q
  const core::CancelToken* cancel = nullptr;
  bool quiet = false;
  bool verbose = false;
  int jobs = 0;
  int exit_code = 0;

  /// How a command's work runs, by -j and -q.
  [[nodiscard]] core::WorkOptions work() const {
    return {.threads = jobs, .progress = quiet ? nullptr : progress, .cancel = cancel};
  }
};

/// Exit code of a command that ran to its end and has findings to act on.
inline constexpr int kExitFindings = 1;

/// Adds -j and -q.
void add_common_flags(CLI::App& command, Session& session);
/// Adds -v, for commands that have more to say.
void add_verbose_flag(CLI::App& command, Session& session);
/// Adds --series, which chooses among several DICOM series.
void add_series_flag(CLI::App& command, std::optional<std::string>& series);
/// Adds --force.
void add_force_flag(CLI::App& command, bool& force);
[[nodiscard]] core::Overwrite overwrite_of(bool force);

/// Import settings as flags and YAML; flags win over --config.
struct ImportFlags {
  dataset::ImportSettings from_flags;
  std::string validation_strategy;
  int channel_axis = -1;
  std::filesystem::path config;

  /// The settings that result. @throws Error(kUsage)
  [[nodiscard]] dataset::ImportSettings resolve() const;
  /// The `recipe:` part of --config as YAML; empty without one.
  [[nodiscard]] std::string recipe_yaml() const;
};
void add_import_flags(CLI::App& command, ImportFlags& flags);

/// Refuses a file that write_output would refuse, or that is `input`, before any work.
/// @throws Error(kIo), Error(kUsage)
void check_text_output(const std::filesystem::path& path, core::Overwrite overwrite,
                       const std::filesystem::path& input);
/// Writes text to a file, or to standard output when `path` is empty or "-".
void write_output(const std::filesystem::path& path, std::string_view text,
                  core::Overwrite overwrite);
/// The bytes of a file, or of standard input when `path` is "-". @throws Error(kIo),
/// Error(kNotFound)
[[nodiscard]] std::string read_input(const std::filesystem::path& path);
/// Text from a file made safe for a terminal: control characters become "?".
[[nodiscard]] std::string printable(std::string_view text);
/// @throws Error(kNotFound) when the folder is not that of a training
void check_run_folder(const std::filesystem::path& run);
/// Prints a line for people unless -q. @throws Error(kIo) when standard output cannot be written
void say(const Session& session, std::string_view line);

void add_pack_command(CLI::App& program, Session& session);
void add_check_command(CLI::App& program, Session& session);
void add_info_command(CLI::App& program, Session& session);
void add_show_command(CLI::App& program, Session& session);
void add_export_command(CLI::App& program, Session& session);
void add_salvage_command(CLI::App& program, Session& session);
void add_encode_command(CLI::App& program, Session& session);
void add_decode_command(CLI::App& program, Session& session);
void add_plan_command(CLI::App& program, Session& session);
void add_train_command(CLI::App& program, Session& session);
void add_predict_command(CLI::App& program, Session& session);
void add_score_command(CLI::App& program, Session& session);
void add_report_command(CLI::App& program, Session& session);

}  // namespace volseg::app
