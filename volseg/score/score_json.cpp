// SPDX-License-Identifier: Apache-2.0
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>

#include "volseg/score/score_output.h"

namespace volseg::score {

namespace {

using Json = nlohmann::ordered_json;

// JSON has no infinity; "inf" is what most languages read back as one.
Json number(const MetricValue& value) {
  if (!value) {
    return nullptr;
  }
  return std::isfinite(*value) ? Json(*value) : Json(*value > 0 ? "inf" : "-inf");
}

Json number(double value) { return number(MetricValue(value)); }

Json values_by_key(const std::vector<Metric>& metrics, const std::vector<MetricValue>& values) {
  Json json = Json::object();
  for (size_t i = 0; i < metrics.size(); ++i) {
    json[metrics[i].key] = number(values[i]);
  }
  return json;
}

Json json_of(const Metric& metric) {
  return {{"key", metric.key},
          {"name", metric.name},
          {"unit", metric.unit},
          {"definition", metric.definition},
          {"source", metric.source},
          {"group", name_of(metric.group)},
          {"scope", name_of(metric.scope)},
          {"better", name_of(metric.direction)}};
}

Json json_of(const MetricSettings& settings) {
  Json groups = Json::array();
  for (const MetricGroup group : settings.groups) {
    groups.push_back(name_of(group));
  }
  return {{"metrics", std::move(groups)},
          {"when_absent", name_of(settings.when_absent)},
          {"surface", name_of(settings.surface)},
          {"percentile", settings.percentile},
          {"tolerance_mm", settings.tolerance_mm},
          {"class_tolerances_mm", Json(settings.class_tolerances_mm)},
          {"lesion_connectivity", neighbours_of(settings.lesion_connectivity)},
          {"lesion_threshold_fraction", settings.lesion_threshold_fraction},
          {"smallest_lesion_voxels", settings.smallest_lesion_voxels},
          {"smallest_lesion_ml", settings.smallest_lesion_ml},
          {"seed", settings.seed}};
}

Json json_of(const MetricSummary& summary) {
  return {{"count", summary.count},
          {"infinite", summary.infinite},
          {"mean", number(summary.mean)},
          {"median", number(summary.median)},
          {"standard_deviation", number(summary.standard_deviation)},
          {"percentile_5", number(summary.percentile_5)},
          {"percentile_95", number(summary.percentile_95)},
          {"interval_95", {number(summary.interval_low), number(summary.interval_high)}}};
}

Json summaries_by_key(const std::vector<Metric>& metrics,
                      const std::vector<MetricSummary>& summaries) {
  Json json = Json::object();
  for (size_t i = 0; i < metrics.size(); ++i) {
    json[metrics[i].key] = json_of(summaries[i]);
  }
  return json;
}

Json json_of(const FoldSummary& summary, const ScoreTable& table) {
  Json classes = Json::array();
  for (const ClassSummary& each : summary.classes) {
    classes.push_back({{"class", each.class_name},
                       {"metrics", summaries_by_key(table.class_metrics, each.metrics)}});
  }
  return {{"cases", summary.cases},
          {"all_classes", summaries_by_key(table.class_metrics, summary.all_classes.metrics)},
          {"case_metrics", summaries_by_key(table.case_metrics, summary.case_values)},
          {"classes", std::move(classes)}};
}

Json json_of(const CaseScore& scored, const ScoreTable& table) {
  Json classes = Json::array();
  for (const ClassScore& each : scored.classes) {
    Json values = {{"class", each.class_name}};
    values.update(values_by_key(table.class_metrics, each.values));
    classes.push_back(std::move(values));
  }
  return {{"case", scored.case_name},
          {"fold", scored.fold.empty() ? Json() : Json(scored.fold)},
          {"shape", scored.shape},
          {"spacing_mm", scored.spacing_known ? Json(scored.spacing_mm) : Json()},
          {"case_metrics", values_by_key(table.case_metrics, scored.values)},
          {"mean_of_classes", values_by_key(table.class_metrics, scored.class_means)},
          {"classes", std::move(classes)}};
}

Json json_of(const Unmatched& unmatched) {
  return {{"cases_without_prediction", unmatched.truth_cases},
          {"cases_not_in_truth", unmatched.prediction_cases},
          {"classes_without_prediction", unmatched.truth_classes},
          {"classes_not_in_truth", unmatched.prediction_classes}};
}

Json json_of(const ScoreTable& table) {
  Json cases = Json::array();
  for (const CaseScore& scored : table.cases) {
    cases.push_back(json_of(scored, table));
  }
  Json failed = Json::array();
  for (const FailedCase& each : table.failed) {
    failed.push_back({{"case", each.case_name}, {"error", each.error}});
  }
  Json folds = Json::array();
  for (const FoldSummary& each : table.folds) {
    Json fold = {{"fold", each.fold}};
    fold.update(json_of(each, table));
    folds.push_back(std::move(fold));
  }
  Json json = {{"set", table.set_name}, {"partial", table.partial}};
  json["failed_cases"] = std::move(failed);
  json["unmatched"] = json_of(table.unmatched);
  json["notes"] = table.notes;
  json["summary"] = json_of(table.summary, table);
  json["folds"] = std::move(folds);
  json["cases"] = std::move(cases);
  return json;
}

Json json_of(const MetricPair& pair) {
  Json json = {{"cases", 0},
               {"first_infinite", pair.first_infinite},
               {"second_infinite", pair.second_infinite}};
  if (!pair.paired) {
    return json;
  }
  const PairedComparison& paired = *pair.paired;
  json["cases"] = paired.cases;
  json["first_mean"] = number(paired.first_mean);
  json["second_mean"] = number(paired.second_mean);
  json["mean_difference"] = number(paired.mean_difference);
  json["median_difference"] = number(paired.median_difference);
  json["interval_95"] =
      paired.interval ? Json{number(paired.interval->low), number(paired.interval->high)} : Json();
  json["first_higher"] = paired.first_higher;
  json["second_higher"] = paired.second_higher;
  json["wilcoxon_p"] = paired.wilcoxon ? Json(paired.wilcoxon->p_value) : Json();
  json["wilcoxon_exact"] = paired.wilcoxon ? Json(paired.wilcoxon->is_exact) : Json();
  return json;
}

Json metrics_of(const ClassPair& pair, const SetComparison& comparison) {
  Json json = Json::object();
  for (size_t i = 0; i < comparison.metrics.size(); ++i) {
    json[comparison.metrics[i].key] = json_of(pair.metrics[i]);
  }
  return json;
}

Json json_of(const SetPair& pair, const SetScores& scores) {
  Json classes = Json::array();
  for (const ClassPair& each : pair.classes) {
    classes.push_back(
        {{"class", each.class_name}, {"metrics", metrics_of(each, *scores.comparison)}});
  }
  return {{"first", scores.sets[pair.first].set_name},
          {"second", scores.sets[pair.second].set_name},
          {"all_classes", metrics_of(pair.all_classes, *scores.comparison)},
          {"classes", std::move(classes)}};
}

Json json_of(const MetricRanking& ranking, const SetScores& scores) {
  Json sets = Json::array();
  for (const PlacedSet& each : ranking.sets) {
    sets.push_back({{"set", scores.sets[each.set].set_name},
                    {"rank", each.rank},
                    {"mean_rank", number(each.mean_rank)},
                    {"mean", number(each.mean)},
                    {"infinite", each.infinite}});
  }
  return {{"counted", ranking.counted}, {"sets", std::move(sets)}};
}

Json comparison_of(const SetScores& scores) {
  const SetComparison& comparison = *scores.comparison;
  Json rankings = Json::object();
  for (size_t i = 0; i < comparison.metrics.size(); ++i) {
    rankings[comparison.metrics[i].key] = json_of(comparison.rankings[i], scores);
  }
  Json pairs = Json::array();
  for (const SetPair& pair : comparison.pairs) {
    pairs.push_back(json_of(pair, scores));
  }
  return {{"cases", comparison.case_names.size()},
          {"left_out_cases", comparison.left_out_cases},
          {"left_out_classes", comparison.left_out_classes},
          {"rankings", std::move(rankings)},
          {"pairs", std::move(pairs)}};
}

}  // namespace

std::string to_json(const SetScores& scores) {
  const MetricSettings& settings = scores.sets.front().settings;
  Json metrics = Json::array();
  for (const Metric& metric : score::metrics_of(settings)) {
    metrics.push_back(json_of(metric));
  }
  Json sets = Json::array();
  for (const ScoreTable& table : scores.sets) {
    sets.push_back(json_of(table));
  }
  const Json document = {{"format", "volseg scores"},
                         {"version", kScoresVersion},
                         {"partial", is_partial(scores)},
                         {"settings", json_of(settings)},
                         {"rules", rules_of(settings)},
                         {"metrics", std::move(metrics)},
                         {"sets", std::move(sets)},
                         {"comparison", scores.comparison ? comparison_of(scores) : Json()}};
  return document.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string to_json(const ScoreTable& table) { return to_json(SetScores{{table}, std::nullopt}); }

}  // namespace volseg::score
