#pragma once
// Which index a query is answered from. The rules, from the best way to the last: docs/lists.md. The scan thread.

#include <memory>

#include "storage/query/filter.hpp"
#include "storage/query/search.hpp"
#include "storage/query/source.hpp"
#include "storage/query/walk.hpp"

namespace portcullis::storage::query {

struct Plan {
  std::unique_ptr<Walk> walk;
  bool ordered = false;  ///< records come as the ranking wants them, beginning beyond the cursor
  bool checked = false;  ///< each record must be held against the filters and the search
};

struct Question {
  const Query& query;
  const Ranking& ranking;
  const Search* search = nullptr;
  const Item* cursor = nullptr;
};

/// Errors: those of the engine.
[[nodiscard]] result<Plan> plan(Engine& engine, const Source& source, const Question& question);

}  // namespace portcullis::storage::query
