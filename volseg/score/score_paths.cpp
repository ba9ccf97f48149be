// SPDX-License-Identifier: Apache-2.0
#include "volseg/score/score_paths.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <atomic>
#include <map>
#include <new>
#include <set>
#include <utility>

#include "volseg/core/error.h"
#include "volseg/core/near_names.h"
#include "volseg/core/text.h"
#include "volseg/volume/formats.h"

namespace volseg::score {

namespace {

// A case on its way: read, then scored class by class.
struct CaseWork {
  ComparedCase compared;
  CaseScore scored;
  std::optional<Error> error;
};

template <typename Work>
void keep_error(std::optional<Error>& kept, const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    if (error.kind() == ErrorKind::kCancelled) {
      throw;
    }
    kept = error;
  } catch (const std::bad_alloc&) {
    kept = Error(ErrorKind::kLimit, "score.case", "there is not enough memory for this case");
  }
}

CaseWork read_case(const Comparison& comparison, int64_t index, const core::ThreadPool& pool) {
  CaseWork work;
  work.scored.case_name = comparison.case_names()[static_cast<size_t>(index)];
  work.scored.fold = comparison.fold_of(index);
  keep_error(work.error, [&] { work.compared = comparison.load(index, &pool); });
  work.scored.shape = work.compared.shape;
  work.scored.spacing_mm = work.compared.masks.spacing_mm;
  work.scored.spacing_known = work.compared.spacing_known;
  work.scored.classes.resize(work.compared.class_names.size());
  return work;
}

// Largest classes first, so that no thread is left alone with one at the end.
struct ClassWork {
  size_t case_index = 0;
  size_t class_index = 0;
  size_t runs = 0;
};

std::vector<ClassWork> list_classes(const std::vector<CaseWork>& batch) {
  std::vector<ClassWork> items;
  for (size_t i = 0; i < batch.size(); ++i) {
    const CaseMasks& masks = batch[i].compared.masks;
    for (size_t k = 0; k < masks.truth.size(); ++k) {
      items.push_back({i, k, masks.truth[k].runs.size() + masks.prediction[k].runs.size()});
    }
  }
  std::stable_sort(items.begin(), items.end(), [](const ClassWork& first, const ClassWork& second) {
    return first.runs > second.runs;
  });
  return items;
}

void score_classes(std::vector<CaseWork>& batch, const MetricSettings& settings,
                   const core::ThreadPool& pool, const core::CancelToken* cancel) {
  const std::vector<ClassWork> items = list_classes(batch);
  std::vector<std::optional<Error>> errors(items.size());
  std::atomic<size_t> next = 0;
  pool.for_each(
      std::ssize(items),
      [&](int64_t) {
        const size_t index = next++;
        const ClassWork& item = items[index];
        CaseWork& work = batch[item.case_index];
        const CaseMasks& masks = work.compared.masks;
        keep_error(errors[index], [&] {
          work.scored.classes[item.class_index] = score_class(
              work.compared.class_names[item.class_index], masks.truth[item.class_index],
              masks.prediction[item.class_index], masks.spacing_mm, settings);
        });
      },
      cancel);
  for (size_t i = 0; i < items.size(); ++i) {
    CaseWork& work = batch[items[i].case_index];
    if (errors[i] && !work.error) {
      work.error = errors[i];
    }
  }
}

// Gives every case the labels of all cases, in ascending order; a label that is not in a case is
// absent there.
std::vector<std::string> unite_labels(std::vector<CaseScore>& cases,
                                      const MetricSettings& settings) {
  const auto ascending = [](const std::string& first, const std::string& second) {
    return std::pair(first.size(), first) < std::pair(second.size(), second);
  };
  std::set<std::string, decltype(ascending)> names(ascending);
  for (const CaseScore& scored : cases) {
    for (const ClassScore& each : scored.classes) {
      names.insert(each.class_name);
    }
  }
  for (CaseScore& scored : cases) {
    std::map<std::string, ClassScore> known;
    for (ClassScore& each : scored.classes) {
      known.emplace(each.class_name, std::move(each));
    }
    const mask::RunMask absent{scored.shape, {}};
    scored.classes.clear();
    for (const std::string& name : names) {
      const auto found = known.find(name);
      scored.classes.push_back(found == known.end()
                                   ? score_class(name, absent, absent, scored.spacing_mm, settings)
                                   : std::move(found->second));
    }
  }
  return {names.begin(), names.end()};
}

struct Scored {
  std::vector<CaseScore> cases;
  std::vector<FailedCase> failed;
  std::optional<Error> first_error;
};

Scored score_cases(const Comparison& comparison, const ScoreOptions& options) {
  const int64_t count = std::ssize(comparison.case_names());
  const core::ThreadPool pool(options.work.threads);
  core::Progress progress(options.work.progress, "score", count, "cases");
  Scored result;
  for (int64_t begin = 0; begin < count; begin += pool.threads()) {
    std::vector<CaseWork> batch(
        static_cast<size_t>(std::min<int64_t>(pool.threads(), count - begin)));
    pool.for_each(
        std::ssize(batch),
        [&](int64_t index) {
          batch[static_cast<size_t>(index)] = read_case(comparison, begin + index, pool);
        },
        options.work.cancel);
    score_classes(batch, options.metrics, pool, options.work.cancel);
    for (CaseWork& work : batch) {
      if (work.error) {
        result.failed.push_back({work.scored.case_name, work.error->what()});
        result.first_error = result.first_error ? result.first_error : work.error;
      } else {
        result.cases.push_back(std::move(work.scored));
      }
    }
    progress.advance(std::ssize(batch));
  }
  return result;
}

void require_some(const Scored& scored) {
  if (!scored.cases.empty() || !scored.first_error) {
    return;
  }
  const Error& first = *scored.first_error;
  if (scored.failed.size() == 1) {
    throw first;
  }
  throw Error(first.kind(), first.operation(),
              fmt::format("{}; the other {} failed too, none could be scored", first.message(),
                          core::counted(std::ssize(scored.failed) - 1, "case")));
}

// A misspelt class must not be passed over.
void require_tolerances_of(const std::vector<std::string>& class_names,
                           const MetricSettings& settings) {
  for (const auto& [name, tolerance_mm] : settings.class_tolerances_mm) {
    if (std::find(class_names.begin(), class_names.end(), name) == class_names.end()) {
      const std::vector<std::string> near = core::near_names(name, class_names, 3);
      throw Error(ErrorKind::kNotFound, "score.settings",
                  fmt::format("a tolerance is given for class {}; there is none, near are {}", name,
                              fmt::join(near, ", ")));
    }
  }
}

// The last `parts` parts of a path, without the extension of an image or archive.
std::string end_of(const std::filesystem::path& path, int64_t parts) {
  std::filesystem::path whole = path.lexically_normal();
  if (!whole.has_filename()) {
    whole = whole.parent_path();
  }
  std::filesystem::path end = whole.filename();
  for (int64_t i = 1; i < parts && whole.has_parent_path(); ++i) {
    whole = whole.parent_path();
    end = whole.filename() / end;
  }
  const std::string name = end.filename().string();
  const std::string stem = volume::format_of_name(name) ? volume::stem_of_name(name)
                           : end.extension() == ".zip"  ? end.stem().string()
                                                        : name;
  return (end.parent_path() / stem).string();
}

// Classes that are predicted and that no truth holds.
std::vector<std::string> without_truth(const ScoreTable& table) {
  std::vector<std::string> names;
  for (size_t index = 0; index < table.class_names.size(); ++index) {
    int64_t truth = 0;
    int64_t false_positive = 0;
    for (const CaseScore& each : table.cases) {
      truth += each.classes[index].counts.truth_voxels();
      false_positive += each.classes[index].counts.false_positive;
    }
    if (truth == 0 && false_positive > 0) {
      names.push_back(table.class_names[index]);
    }
  }
  return names;
}

void add_notes(ScoreTable& table) {
  constexpr size_t kMostNames = 20;
  const auto unknown = std::ranges::count(table.cases, false, &CaseScore::spacing_known);
  if (unknown > 0) {
    table.notes.push_back(
        fmt::format("no spacing is known in {}; voxels count as 1 x 1 x 1 mm "
                    "there, distances are in voxels",
                    core::counted(unknown, "case")));
  }
  const std::vector<std::string> names = without_truth(table);
  if (!names.empty()) {
    table.notes.push_back(fmt::format(
        "{} predicted that no truth holds: {}", core::counted(std::ssize(names), "class"),
        core::listed(names.size(), kMostNames, [&](size_t i) { return names[i]; })));
  }
}

bool distinct(const std::vector<std::string>& names) {
  return std::set<std::string>(names.begin(), names.end()).size() == names.size();
}

}  // namespace

ScoreTable score_comparison(const Comparison& comparison, const ScoreOptions& options) {
  check_metric_settings(options.metrics);
  if (!comparison.class_names().empty()) {
    require_tolerances_of(comparison.class_names(), options.metrics);
  }
  Scored scored = score_cases(comparison, options);
  require_some(scored);
  std::vector<std::string> class_names = comparison.class_names().empty()
                                             ? unite_labels(scored.cases, options.metrics)
                                             : comparison.class_names();
  require_tolerances_of(class_names, options.metrics);
  for (CaseScore& each : scored.cases) {
    finish_case(each, options.metrics);
  }
  ScoreTable table = make_table(std::move(class_names), std::move(scored.cases), options.metrics,
                                options.work.threads);
  table.notes = comparison.notes();
  table.unmatched = comparison.unmatched();
  table.failed = std::move(scored.failed);
  table.partial = !table.failed.empty() || !table.unmatched.truth_cases.empty() ||
                  !table.unmatched.truth_classes.empty();
  add_notes(table);
  return table;
}

ScoreTable score_paths(const std::filesystem::path& truth, const std::filesystem::path& prediction,
                       const ScoreOptions& options) {
  ScoreTable table = score_comparison(Comparison(truth, prediction, options.sides), options);
  table.set_name = set_names_of({prediction}).front();
  return table;
}

std::vector<std::string> set_names_of(const std::vector<std::filesystem::path>& predictions) {
  constexpr int64_t kMostParts = 64;
  std::vector<std::string> names;
  for (int64_t parts = 1; parts <= kMostParts; ++parts) {
    names.clear();
    for (const std::filesystem::path& path : predictions) {
      names.push_back(end_of(path, parts));
    }
    if (distinct(names)) {
      return names;
    }
  }
  for (size_t i = 0; i < names.size(); ++i) {
    names[i] += fmt::format(" ({})", i + 1);
  }
  return names;
}

SetScores score_sets(const std::filesystem::path& truth,
                     const std::vector<std::filesystem::path>& predictions,
                     const std::vector<std::string>& names, const ScoreOptions& options) {
  if (!names.empty() && (names.size() != predictions.size() || !distinct(names))) {
    throw Error(ErrorKind::kUsage, "score.sets",
                fmt::format("{} for {} of predictions; expected one for each, all different",
                            core::counted(std::ssize(names), "name"),
                            core::counted(std::ssize(predictions), "set")));
  }
  const std::vector<std::string> set_names = names.empty() ? set_names_of(predictions) : names;
  SetScores scores;
  for (size_t i = 0; i < predictions.size(); ++i) {
    scores.sets.push_back(score_paths(truth, predictions[i], options));
    scores.sets.back().set_name = set_names[i];
  }
  if (scores.sets.size() > 1) {
    scores.comparison = compare_sets(scores.sets, options.work.threads);
  }
  return scores;
}

}  // namespace volseg::score
