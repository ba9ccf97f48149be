// SPDX-License-Identifier: Apache-2.0
#pragma once

/// The version of volseg; the build system and the command line read it here and nowhere else.
#define VOLSEG_VERSION "0.1.0"
