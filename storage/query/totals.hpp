#pragma once
// What the project's counters say, read at once: the totals of lists without filters.

#include "core/ids.hpp"
#include "storage/counters.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::query {

/// All zero where nothing was ever counted. Blocks for a read; scan thread or commands. Errors: those of the engine,
/// record_corrupt.
[[nodiscard]] result<Counters> counters_now(Engine& engine, ProjectNo p);

}  // namespace portcullis::storage::query
