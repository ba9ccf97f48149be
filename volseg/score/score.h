// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/score/overlap.h"
#include "volseg/score/score_output.h"
#include "volseg/score/score_paths.h"
#include "volseg/score/score_table.h"
