// SPDX-License-Identifier: Apache-2.0
#include "volseg/train/internal/run_folder.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <sstream>
#include <system_error>
#include <vector>

#include "volseg/core/error.h"

namespace volseg::train::internal {

namespace fs = std::filesystem;

namespace {

void make_folder(const fs::path& folder) {
  std::error_code code;
  fs::create_directory(folder, code);
  if (code) {
    throw Error(ErrorKind::kIo, "train.run_folder",
                folder.string() + ": cannot be made: " + code.message());
  }
}

void forget_training(const RunPaths& paths) {
  std::error_code ignored;
  fs::remove(paths.config, ignored);
  fs::remove(paths.plan, ignored);
  for (const fs::directory_entry& entry : fs::directory_iterator(paths.run, ignored)) {
    if (entry.path().filename().string().starts_with("fold_")) {
      fs::remove_all(entry.path(), ignored);
    }
  }
}

bool is_trained(const fs::path& fold) {
  return fs::exists(fold / "last.safetensors") || fs::exists(fold / "previous.safetensors");
}

// A run that failed before it trained holds prepared cases alone.
void check_is_run(const RunPaths& paths) {
  const bool only_prepared =
      fs::is_directory(paths.run) &&
      std::ranges::all_of(fs::directory_iterator(paths.run), [&](const fs::directory_entry& entry) {
        return entry.path().filename() == paths.prepared.filename();
      });
  if (!only_prepared && !fs::exists(paths.config)) {
    throw Error(ErrorKind::kIo, "train.run_folder",
                paths.run.string() + ": exists and is not a run folder; choose another name");
  }
}

std::vector<std::string> compared_lines(std::string_view text, bool whole) {
  constexpr std::array<std::string_view, 3> kNever{"device:", "threads:", "dataset:"};
  constexpr std::array<std::string_view, 2> kOfFold{"fold:", "seed:"};
  const auto is_in = [](const auto& keys, const std::string& line) {
    return std::ranges::any_of(keys, [&](std::string_view key) { return line.starts_with(key); });
  };
  std::vector<std::string> lines;
  std::istringstream stream{std::string(text)};
  for (std::string line; std::getline(stream, line);) {
    if (!is_in(kNever, line) && (whole || !is_in(kOfFold, line))) {
      lines.push_back(line);
    }
  }
  return lines;
}

std::string trimmed(const std::string& line) {
  const size_t begin = line.find_first_not_of(' ');
  return begin == std::string::npos ? "nothing" : line.substr(begin);
}

}  // namespace

RunPaths::RunPaths(const fs::path& run_folder, int fold_index)
    : run(run_folder),
      config(run / "config.yaml"),
      plan(run / "plan.json"),
      prepared(run / "prepared"),
      fold(run / ("fold_" + std::to_string(fold_index))),
      log(fold / "log.jsonl"),
      metrics(fold / "metrics.jsonl"),
      summary(fold / "summary.json"),
      last(fold / "last.safetensors"),
      previous(fold / "previous.safetensors"),
      next(fold / "next.safetensors"),
      best(fold / "best.safetensors") {}

bool check_run_folder(const RunPaths& paths, bool resume, core::Overwrite overwrite) {
  if (!fs::exists(paths.run)) {
    if (resume) {
      throw Error(ErrorKind::kNotFound, "train.run_folder",
                  paths.run.string() + ": there is no run to resume");
    }
    core::check_output(paths.run, overwrite);
    return false;
  }
  check_is_run(paths);
  const bool trained = is_trained(paths.fold);
  if (trained && !resume && overwrite == core::Overwrite::kNo) {
    throw Error(ErrorKind::kIo, "train.run_folder",
                paths.fold.string() +
                    ": exists; give --resume to continue it, --force to replace it, or another "
                    "run folder");
  }
  return trained && resume;
}

bool binds_settings(const RunPaths& paths, core::Overwrite overwrite) {
  if (overwrite == core::Overwrite::kYes || !fs::exists(paths.config)) {
    return false;
  }
  return std::ranges::any_of(fs::directory_iterator(paths.run), [](const fs::directory_entry& one) {
    return one.path().filename().string().starts_with("fold_") && is_trained(one.path());
  });
}

void make_run_folder(const RunPaths& paths, bool keep_folds) {
  make_folder(paths.run);
  if (!keep_folds) {
    forget_training(paths);
  }
  make_folder(paths.fold);
}

std::string first_difference(std::string_view before, std::string_view now, bool whole) {
  std::vector<std::string> first = compared_lines(before, whole);
  std::vector<std::string> second = compared_lines(now, whole);
  const size_t lines = std::max(first.size(), second.size());
  first.resize(lines);
  second.resize(lines);
  for (size_t i = 0; i < lines; ++i) {
    if (first[i] != second[i]) {
      return "then \"" + trimmed(first[i]) + "\", now \"" + trimmed(second[i]) + "\"";
    }
  }
  return {};
}

RecordedSettings recorded_settings(const RunPaths& paths) {
  std::istringstream config(core::read_text(paths.config));
  RecordedSettings settings;
  bool in_recipe = false;
  bool has_seed = false;
  for (std::string line; std::getline(config, line);) {
    const bool indented = line.starts_with("  ");
    if (indented && in_recipe) {
      settings.recipe_yaml += line.substr(2) + "\n";
    } else if (!indented) {
      in_recipe = line == "recipe:";
      constexpr std::string_view kSeedKey = "seed: ";
      if (line.starts_with(kSeedKey)) {
        const char* end = line.data() + line.size();
        has_seed = std::from_chars(line.data() + kSeedKey.size(), end, settings.seed).ptr == end;
      }
    }
  }
  if (!has_seed || settings.recipe_yaml.empty()) {
    throw Error(
        ErrorKind::kFormat, "train.resume",
        paths.config.string() + ": no seed or recipe; expected the file as training wrote it");
  }
  return settings;
}

}  // namespace volseg::train::internal
