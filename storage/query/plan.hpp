#pragma once
// Which index a query is answered from. The rules, from the best way to the last: docs/lists.md. The scan thread.

#include <cstdint>
#include <memory>

#include "storage/query/filter.hpp"
#include "storage/query/search.hpp"
#include "storage/query/source.hpp"
#include "storage/query/walk.hpp"

namespace portcullis::storage::query {

/// Records kept in memory to put them in an order that no index has: some tens of megabytes.
inline constexpr std::uint64_t most_gathered = 50000;

struct Plan {
  std::unique_ptr<Walk> walk;
  bool ordered = false;  ///< records come as the ranking wants them, beginning beyond the cursor
  bool checked = false;  ///< each record must be held against the filters and the search
  /// Where there is one: it must be gone through before the walk, and when it is over, `otherwise` is the plan.
  std::unique_ptr<Count> count;
  std::unique_ptr<Plan> otherwise;
};

struct Question {
  const Query& query;
  const Ranking& ranking;
  const Search* search = nullptr;
  const Item* cursor = nullptr;
  std::uint64_t few = most_gathered;  ///< entries that are put in order rather than passed by in another order's index
};

/// Errors: those of the engine.
[[nodiscard]] result<Plan> plan(Engine& engine, const Source& source, const Question& question);

}  // namespace portcullis::storage::query
