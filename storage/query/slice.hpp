#pragma once
// The page that a query asks for out of a list that is in memory as a whole: the sessions of a user, the keys of a
// project. Pure; any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/query/filter.hpp"

namespace portcullis::storage::query {

struct Slice {
  std::vector<std::size_t> positions;   ///< of the items on the page, in order
  std::uint64_t total = 0;              ///< that match on all pages, at most 5000; 0 when it is not wanted
  std::vector<std::string> selected{};  ///< as in the query
};

/// `fallback` = the page's size where the query names none. Errors: general_cursor_not_found,
/// database_query_order_null, general_query_invalid (a cursor in a random order).
[[nodiscard]] result<Slice> slice(const Query& query, std::span<const Attribute> attributes,
                                  std::span<const Item* const> items, std::uint64_t seed, bool wants_total,
                                  std::uint64_t fallback = default_limit);

/// Is that rank on the page's side of the cursor? With a cursor, null ranks are on neither.
[[nodiscard]] bool beyond(const Ranking& ranking, const Rank& cursor, const Rank& rank, bool before);

}  // namespace portcullis::storage::query
