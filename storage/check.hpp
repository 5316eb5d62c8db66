#pragma once
// Walks a whole store and verifies every record, index and count; and the hot copy. Run by commands, on any thread.

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

struct CheckReport {
  std::uint64_t records = 0, projects = 0, users = 0, sessions = 0, targets = 0, api_keys = 0;
  std::uint64_t expired_sessions = 0;  ///< not yet erased; none of `sessions`
  std::uint64_t removed_rows = 0;      ///< of removed projects, not yet erased
  std::uint64_t problem_count = 0;
  std::vector<std::string> problems;  ///< the first 100, each a sentence naming the key
};

/// Every row decodes; every index points to a row that points back and none is missing; counters are right.
/// `progress(rows_done)` is called now and then. `now` tells which sessions have expired.
[[nodiscard]] result<CheckReport> check(Engine& engine, const std::function<void(std::uint64_t)>& progress,
                                        Time now = {});

}  // namespace portcullis::storage
