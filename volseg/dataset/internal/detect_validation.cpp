// SPDX-License-Identifier: Apache-2.0
#include "volseg/dataset/internal/detect.h"

namespace volseg::dataset::internal {

void choose_validation(Resolved& resolved) {
  ImportSettings& settings = resolved.settings;
  std::string reason = "given";
  if (!settings.validation_strategy) {
    const bool has_fold = !settings.fold_column.empty();
    const bool has_table = !resolved.table_of(Part::kValidation).empty();
    settings.validation_strategy =
        !has_fold && has_table ? ValidationStrategy::kCustomHoldout : ValidationStrategy::kKfold;
    reason = has_fold    ? "there is a fold column"
             : has_table ? "there is a validation table"
                         : "folds by a seeded shuffle";
    if (has_fold && has_table) {
      resolved.warnings.push_back(
          "there are a fold column and a validation table; the folds are used, set "
          "validation_strategy to custom_holdout for the table");
    }
  }
  tell(resolved, "validation_strategy", name_of(*settings.validation_strategy), reason);
  if (resolved.rows_of(Part::kTrain).size() == 1 &&
      settings.validation_strategy != ValidationStrategy::kCustomHoldout) {
    resolved.warnings.push_back("there is one training row; it validates on itself");
  }
}

}  // namespace volseg::dataset::internal
