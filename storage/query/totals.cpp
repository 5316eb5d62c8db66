#include "storage/query/totals.hpp"

#include "storage/codec.hpp"
#include "storage/counters.hpp"

namespace portcullis::storage::query {

result<Counters> counters_now(Engine& engine, ProjectNo p) {
  const std::string key = keys::counters(p);
  const result<Rows> rows = engine.read_now(Reads{{key}, {}});
  if (!rows) return rows.error();
  const std::optional<std::string_view>& value = rows->view().values[0];
  if (!value) return Counters{};
  return codec::read<Counters>(Row{key, *value});
}

}  // namespace portcullis::storage::query
