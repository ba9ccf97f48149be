// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "volseg/score/compare_sets.h"
#include "volseg/score/comparison.h"
#include "volseg/score/lesions.h"
#include "volseg/score/metric.h"
#include "volseg/score/overlap.h"
#include "volseg/score/score_output.h"
#include "volseg/score/score_paths.h"
#include "volseg/score/score_table.h"
#include "volseg/score/statistics.h"
#include "volseg/score/surface.h"
#include "volseg/score/topology.h"
