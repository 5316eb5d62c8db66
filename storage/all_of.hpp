#pragma once
// Reading a range whole, page by page. Blocks the calling thread: for start-up and commands.

#include <cstdint>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "storage/engine.hpp"
#include "storage/keys.hpp"

namespace portcullis::storage {

/// The most rows of one page.
inline constexpr std::uint32_t page_rows = 64;

/// Every record of a range, whose limit is the size of a page. Pages are of moments of their own. Errors: those of the
/// engine, of `decode`.
template <class Record>
[[nodiscard]] result<std::vector<Record>> all_of(Engine& engine, Range range, result<Record> (*decode)(const Row&)) {
  std::vector<Record> out;
  for (;;) {
    const result<Rows> rows = engine.read_now(Reads{{}, {range}});
    if (!rows) return rows.error();
    const std::vector<Row>& page = rows->view().ranges[0];
    for (const Row& row : page) {
      result<Record> record = decode(row);
      if (!record) return record.error();
      out.push_back(std::move(*record));
    }
    if (page.size() < range.limit) return out;
    range.first = keys::behind(page.back().key);
  }
}

}  // namespace portcullis::storage
