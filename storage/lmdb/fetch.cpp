#include "storage/lmdb/fetch.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace portcullis::storage::lmdb {
namespace {

constexpr std::uint32_t rows_expected = 8;  // a user's profile, most often

int first_of(MDB_cursor* cursor, const Range& range, MDB_val& key, MDB_val& value) {
  key = to_val(range.backwards ? std::string_view(range.last) : std::string_view(range.first));
  // An empty bound lies before every key; LMDB itself refuses empty keys.
  if (key.mv_size == 0) return range.backwards ? MDB_NOTFOUND : mdb_cursor_get(cursor, &key, &value, MDB_FIRST);
  const int code = mdb_cursor_get(cursor, &key, &value, MDB_SET_RANGE);
  if (!range.backwards) return code;
  if (code == MDB_NOTFOUND) return mdb_cursor_get(cursor, &key, &value, MDB_LAST);
  return code == MDB_SUCCESS ? mdb_cursor_get(cursor, &key, &value, MDB_PREV) : code;
}

int fetch_range(MDB_cursor* cursor, const Range& range, std::vector<Row>& rows) {
  if (range.limit == 0 || range.first >= range.last) return MDB_SUCCESS;
  rows.reserve(std::min(range.limit, rows_expected));
  MDB_val key{};
  MDB_val value{};
  int code = first_of(cursor, range, key, value);
  while (code == MDB_SUCCESS) {
    const Row row{to_view(key), range.keys_only ? std::string_view{} : to_view(value)};
    if (range.backwards ? row.key < range.first : row.key >= range.last) return MDB_SUCCESS;
    rows.push_back(row);
    if (rows.size() == range.limit) return MDB_SUCCESS;
    code = mdb_cursor_get(cursor, &key, &value, range.backwards ? MDB_PREV : MDB_NEXT);
  }
  return code == MDB_NOTFOUND ? MDB_SUCCESS : code;
}

/// The view of the thread's last read, when nobody uses it.
std::unique_ptr<View>& spare() noexcept {
  thread_local std::unique_ptr<View> view;
  return view;
}

bool is_small(const View& view) noexcept {
  const auto large = [](const std::vector<Row>& rows) { return rows.capacity() > 64; };
  return view.values.capacity() <= 64 && view.ranges.capacity() <= 4 &&
         std::none_of(view.ranges.begin(), view.ranges.end(), large);
}

}  // namespace

ScratchView::ScratchView() : view_(std::move(spare())) {
  if (!view_) view_ = std::make_unique<View>();
}

ScratchView::~ScratchView() {
  if (!is_small(*view_)) return;
  view_->values.clear();
  for (std::vector<Row>& rows : view_->ranges) rows.clear();
  spare() = std::move(view_);
}

int fetch(MDB_cursor* cursor, const Reads& reads, View& view) {
  view.ranges.resize(reads.ranges.size());  // fresh or cleared ones
  for (std::size_t i = 0; i < reads.ranges.size(); ++i) {
    const int code = fetch_range(cursor, reads.ranges[i], view.ranges[i]);
    if (code != MDB_SUCCESS) return code;
  }
  view.values.reserve(reads.keys.size());
  for (const std::string& name : reads.keys) {
    MDB_val key = to_val(name);
    MDB_val value{};
    // The cursor stands near: a key on the same page as what was read before costs no descent.
    const int code = mdb_cursor_get(cursor, &key, &value, MDB_SET);
    if (code == MDB_SUCCESS)
      view.values.emplace_back(to_view(value));
    else if (code == MDB_NOTFOUND)
      view.values.emplace_back();
    else
      return code;
  }
  return MDB_SUCCESS;
}

Rows own(View view) {
  std::size_t total = 0;
  for (const std::optional<std::string_view>& value : view.values) total += value ? value->size() : 0;
  for (const std::vector<Row>& range : view.ranges)
    for (const Row& row : range) total += row.key.size() + row.value.size();
  auto bytes = std::make_unique_for_overwrite<char[]>(total + 1);
  char* at = bytes.get();
  const auto keep = [&at](std::string_view& text) {
    if (!text.empty()) std::memcpy(at, text.data(), text.size());
    text = {at, text.size()};
    at += text.size();
  };
  for (std::optional<std::string_view>& value : view.values)
    if (value) keep(*value);
  for (std::vector<Row>& range : view.ranges)
    for (Row& row : range) {
      keep(row.key);
      keep(row.value);
    }
  return {std::move(bytes), std::move(view)};
}

}  // namespace portcullis::storage::lmdb
