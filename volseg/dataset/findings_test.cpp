// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/findings.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "volseg/core/error.h"
#include "volseg/core/files.h"
#include "volseg/dataset/internal/made_dataset_test.h"

namespace volseg::dataset {

namespace {

using internal::check_made;
using internal::count_of;
using internal::holds;
using internal::MadeDataset;
using internal::Texts;
using Json = nlohmann::json;

bool has_type(const Json& value, const std::string& type) {
  return type == "object"    ? value.is_object()
         : type == "array"   ? value.is_array()
         : type == "string"  ? value.is_string()
         : type == "integer" ? value.is_number_integer()
                             : type == "null" && value.is_null();
}

// The keywords that docs/formats/findings.schema.json uses; others are faults of the test.
class SchemaCheck {
 public:
  std::vector<std::string> faults;

  void check(const Json& schema, const Json& value, const std::string& path) {
    for (const auto& [keyword, rule] : schema.items()) {
      check_keyword(keyword, rule, schema, value, path);
    }
  }

 private:
  void require(bool holds_here, const std::string& path, const std::string& keyword) {
    if (!holds_here) {
      faults.push_back(path + ": " + keyword);
    }
  }

  void check_keyword(const std::string& keyword, const Json& rule, const Json& schema,
                     const Json& value, const std::string& path) {
    static const std::vector<std::string> kTexts = {"$schema", "title", "description"};
    if (keyword == "type") {
      const Json types = rule.is_array() ? rule : Json::array({rule});
      require(std::ranges::any_of(types, [&](const Json& type) { return has_type(value, type); }),
              path, keyword);
    } else if (keyword == "const") {
      require(value == rule, path, keyword);
    } else if (keyword == "enum") {
      require(std::ranges::find(rule, value) != rule.end(), path, keyword);
    } else if (keyword == "minimum") {
      require(!value.is_number() || value >= rule, path, keyword);
    } else if (keyword == "items") {
      for (const Json& item : value) {
        check(rule, item, path + "[]");
      }
    } else if (keyword == "required") {
      for (const std::string name : rule) {
        require(value.contains(name), path, keyword + " " + name);
      }
    } else if (keyword == "properties") {
      check_properties(rule, value, path);
    } else if (keyword == "additionalProperties") {
      for (const auto& [name, part] : value.items()) {
        require(schema.at("properties").contains(name), path, keyword + " " + name);
      }
    } else {
      require(std::ranges::find(kTexts, keyword) != kTexts.end(), path, "unknown " + keyword);
    }
  }

  void check_properties(const Json& rules, const Json& value, const std::string& path) {
    for (const auto& [name, rule] : rules.items()) {
      if (value.contains(name)) {
        check(rule, value.at(name), path + "/" + name);
      }
    }
  }
};

CheckReport report_with_everything() {
  MadeDataset made;
  made.add_train({{"a.npy", Texts{"lung", "heart"}, Texts{"0 1", "1 2 3 4"}},
                  {"b.npy", Texts{"heart", "lung"}, Texts{"x", "1 2"}}});
  made.add_text("images/c.npy", "no image").add_text("__MACOSX/d", "junk");
  CheckReport report = check_made(made);
  waive(report, {"image-unused"});
  report.fixes = {{"rle-touching", 2, "joined"}};
  report.output = "fixed.zip";
  return report;
}

TEST(Findings, obey_their_published_schema) {
  const std::filesystem::path source = __FILE__;
  const auto page = source.parent_path() / "../../docs/formats/findings.schema.json";
  if (!std::filesystem::exists(page)) {
    GTEST_SKIP() << "the sources are not where they were compiled";
  }
  const Json schema = Json::parse(core::read_text(page));
  Json report = Json::parse(to_json(report_with_everything()));
  SchemaCheck sound;
  sound.check(schema, report, "");
  EXPECT_EQ(sound.faults, std::vector<std::string>{});
  report["findings"][0]["severity"] = "fatal";
  report["findings"][0].erase("row");
  report["more"] = 1;
  SchemaCheck spoiled;
  spoiled.check(schema, report, "");
  EXPECT_EQ(spoiled.faults.size(), 3U);
}

TEST(Findings, are_waived_by_code_and_counted) {
  CheckReport report = report_with_everything();
  ASSERT_EQ(report.waived.size(), 1U);
  EXPECT_EQ(report.waived[0].code, "image-unused");
  EXPECT_EQ(report.waived[0].count, 1);
  EXPECT_EQ(count_of(report, "image-unused"), 0);
  EXPECT_TRUE(holds(to_text(report), "waived image-unused (1)\n"));
  waive(report, {"fold-null"});
  EXPECT_EQ(report.waived.size(), 1U);
}

TEST(Findings, name_near_codes_for_an_unknown_one) {
  EXPECT_NO_THROW(check_codes({"zip-unsafe-name", "rle-touching"}));
  const auto unknown = [] { check_codes({"rle-touchin"}); };
  EXPECT_EQ(internal::refusal_kind(unknown), ErrorKind::kUsage);
  EXPECT_TRUE(holds(internal::refusal(unknown), "\"rle-touchin\"")) << internal::refusal(unknown);
  EXPECT_TRUE(holds(internal::refusal(unknown), "near ones are rle-touching"));
}

TEST(Findings, are_kept_from_a_severity_on) {
  CheckReport report = report_with_everything();
  EXPECT_GT(report.count(Severity::kNote), 0);
  EXPECT_GT(report.count(Severity::kWarning), 0);
  keep_severity(report, Severity::kWarning);
  EXPECT_EQ(report.count(Severity::kNote), 0);
  EXPECT_GT(report.count(Severity::kWarning), 0);
  keep_severity(report, Severity::kError);
  EXPECT_EQ(report.count(Severity::kError), std::ssize(report.findings));
}

TEST(Findings, tell_what_was_fixed) {
  const std::string text = to_text(report_with_everything());
  EXPECT_TRUE(text.starts_with("fixed rle-touching (2): joined\nwrote fixed.zip; it has:\nerror "))
      << text;
}

}  // namespace

}  // namespace volseg::dataset
