// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/findings.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "volseg/dataset/internal/finding_catalogue.h"

namespace volseg::dataset {

namespace {

constexpr size_t kExamples = 5;

struct Group {
  std::string code;
  std::vector<const Finding*> findings;
};

// Errors, warnings, notes; within these by the code's first appearance.
std::vector<Group> group_by_code(const CheckReport& report) {
  std::vector<Group> groups;
  for (const Severity severity : {Severity::kError, Severity::kWarning, Severity::kNote}) {
    for (const Finding& finding : report.findings) {
      if (finding.severity != severity) {
        continue;
      }
      auto group = std::ranges::find(groups, finding.code, &Group::code);
      if (group == groups.end()) {
        groups.push_back({finding.code, {}});
        group = groups.end() - 1;
      }
      group->findings.push_back(&finding);
    }
  }
  return groups;
}

std::string_view name_of(Severity severity) {
  constexpr std::array<std::string_view, 3> kNames = {"note", "warning", "error"};
  return kNames[static_cast<size_t>(severity)];
}

std::string text_of_group(const Group& group) {
  const internal::CodeInfo* info = internal::find_code(group.code);
  const Finding& first = *group.findings.front();
  std::string text =
      fmt::format("{} {} ({}){}{}\n", name_of(first.severity), group.code, group.findings.size(),
                  info == nullptr ? "" : ": ", info == nullptr ? "" : info->meaning);
  const size_t shown = std::min(kExamples, group.findings.size());
  for (size_t index = 0; index < shown; ++index) {
    text += "  " + internal::text_of(*group.findings[index]) + "\n";
  }
  if (shown < group.findings.size()) {
    text += fmt::format("  and {} more\n", group.findings.size() - shown);
  }
  return first.fix.empty() ? text : text + "  fix: " + first.fix + "\n";
}

std::string text_of_fixes(const CheckReport& report) {
  std::string text;
  for (const Fix& fix : report.fixes) {
    text += fmt::format("fixed {} ({}): {}\n", fix.code, fix.count, fix.what);
  }
  return report.output.empty()
             ? text
             : text + fmt::format("wrote {}; it has:\n", internal::printable(report.output));
}

nlohmann::ordered_json to_json_object(const Finding& finding) {
  nlohmann::ordered_json object;
  object["code"] = finding.code;
  object["severity"] = name_of(finding.severity);
  object["member"] = finding.member;
  object["row"] = finding.row ? nlohmann::ordered_json(*finding.row) : nullptr;
  object["column"] = finding.column;
  object["class"] = finding.class_name;
  object["byte_offset"] =
      finding.byte_offset ? nlohmann::ordered_json(*finding.byte_offset) : nullptr;
  object["expected"] = finding.expected;
  object["found"] = finding.found;
  object["fix"] = finding.fix;
  return object;
}

}  // namespace

int64_t CheckReport::count(Severity severity) const {
  return std::ranges::count(findings, severity, &Finding::severity);
}

std::string to_text(const CheckReport& report) {
  std::string text = text_of_fixes(report);
  for (const Group& group : group_by_code(report)) {
    text += text_of_group(group);
  }
  for (const WaivedCode& one : report.waived) {
    text += fmt::format("waived {} ({})\n", one.code, one.count);
  }
  const int64_t notes = report.count(Severity::kNote);
  const std::string outcome =
      report.findings.empty() ? "no findings"
                              : internal::counted(report.count(Severity::kError), "error") + ", " +
                                    internal::counted(report.count(Severity::kWarning), "warning") +
                                    (notes == 0 ? "" : ", " + internal::counted(notes, "note"));
  return text + fmt::format("{}, {}, {}: {}\n", internal::counted(report.rows, "row"),
                            internal::counted(report.images, "image"),
                            internal::counted(report.masks, "mask"), outcome);
}

std::string to_json(const CheckReport& report) {
  nlohmann::ordered_json root;
  root["format"] = "volseg-findings";
  root["version"] = 1;
  root["rows"] = report.rows;
  root["images"] = report.images;
  root["masks"] = report.masks;
  root["ignored_members"] = report.ignored_members;
  root["errors"] = report.count(Severity::kError);
  root["warnings"] = report.count(Severity::kWarning);
  root["notes"] = report.count(Severity::kNote);
  root["waived"] = nlohmann::ordered_json::array();
  for (const WaivedCode& one : report.waived) {
    root["waived"].push_back({{"code", one.code}, {"count", one.count}});
  }
  root["fixes"] = nlohmann::ordered_json::array();
  for (const Fix& fix : report.fixes) {
    root["fixes"].push_back({{"code", fix.code}, {"count", fix.count}, {"what", fix.what}});
  }
  root["output"] =
      report.output.empty() ? nlohmann::ordered_json() : nlohmann::ordered_json(report.output);
  root["detected"] = report.detected;
  root["findings"] = nlohmann::ordered_json::array();
  for (const Finding& finding : report.findings) {
    root["findings"].push_back(to_json_object(finding));
  }
  return root.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace volseg::dataset
