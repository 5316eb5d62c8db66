#include "storage/query/slice.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

namespace portcullis::storage::query {
namespace {

struct Ranked {
  Rank rank;
  std::size_t position = 0;
};

result<Rank> cursor_rank(const Query& query, const Ranking& ranking, std::span<const Item* const> items) {
  if (query.random) return errc::general_query_invalid;
  const auto named = [&](const Item* item) { return item->id() == std::string_view(query.cursor); };
  const auto at = std::find_if(items.begin(), items.end(), named);
  if (at == items.end()) return errc::general_cursor_not_found;
  if (!ranking.may_be_cursor(**at)) return errc::database_query_order_null;
  return ranking.rank(**at);
}

}  // namespace

bool beyond(const Ranking& ranking, const Rank& cursor, const Rank& rank, bool before) {
  for (std::size_t i = 0; i < rank.values.size(); ++i) {
    if (rank.values[i] == cursor.values[i]) continue;
    if (std::holds_alternative<std::monostate>(rank.values[i])) return false;
    break;
  }
  return before ? ranking.before(rank, cursor) : ranking.before(cursor, rank);
}

result<Slice> slice(const Query& query, std::span<const Attribute> attributes, std::span<const Item* const> items,
                    std::uint64_t seed, bool wants_total, std::uint64_t fallback) {
  const Ranking ranking(query, attributes, seed);
  std::vector<Ranked> matching;
  for (std::size_t i = 0; i < items.size(); ++i)
    if (hold(query.filters, attributes, *items[i])) matching.push_back(Ranked{ranking.rank(*items[i]), i});
  Slice slice;
  slice.selected = query.selected;
  if (wants_total) slice.total = std::min<std::uint64_t>(matching.size(), most_counted);
  if (!query.cursor.empty()) {
    const result<Rank> cursor = cursor_rank(query, ranking, items);
    if (!cursor) return cursor.error();
    const auto outside = [&](const Ranked& r) { return !beyond(ranking, *cursor, r.rank, query.before); };
    matching.erase(std::remove_if(matching.begin(), matching.end(), outside), matching.end());
  }
  const auto earlier = [&](const Ranked& a, const Ranked& b) {
    return query.before ? ranking.before(b.rank, a.rank) : ranking.before(a.rank, b.rank);
  };
  std::sort(matching.begin(), matching.end(), earlier);
  const std::uint64_t from = std::min<std::uint64_t>(query.offset, matching.size());
  const std::uint64_t size = std::min<std::uint64_t>(query.limit.value_or(fallback), matching.size() - from);
  for (std::uint64_t i = from; i < from + size; ++i) slice.positions.push_back(matching[i].position);
  if (query.before) std::reverse(slice.positions.begin(), slice.positions.end());
  return slice;
}

}  // namespace portcullis::storage::query
