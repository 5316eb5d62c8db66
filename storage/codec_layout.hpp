#pragma once
// What the file of a noun lays out its records with: `fields`, one function a record over FieldWriter (const records)
// or FieldReader; record_version where it is not 1; and one explicit instantiation each of put(), read() and
// borrow_from() as far as they are called. A new field goes to the end together with a new record version. Included
// only by files that lay out records; such a file cannot code another noun's, whose layout it does not see. Pure; any
// thread.

#include <concepts>
#include <cstddef>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "storage/codec.hpp"
#include "storage/codec_fields.hpp"

namespace portcullis::storage::codec {

template <class V, class Record>
concept Of = std::same_as<std::remove_const_t<V>, Record>;
/// Records that own or borrow their texts.
template <class V, template <class> class Record>
concept OfAny = Of<V, Record<std::string>> || Of<V, Record<std::string_view>>;

/// The version that is written; older ones are read, and what they lack keeps its default.
template <class Record>
inline constexpr char record_version = '\1';

/// Appends the checksum over the key and what the value holds so far.
void append_checksum(Put& put);
/// Version and fields' bytes when the checksum is right. Errors: record_corrupt.
[[nodiscard]] result<std::string_view> checked_body(const Row& row) noexcept;

template <class Record>
Put put(std::string key, const Record& record) {
  Put put{std::move(key), {}};
  put.value.reserve(256);
  put.value.push_back(record_version<Record>);
  FieldWriter writer(put.value, record_version<Record>);
  writer.one(record);
  append_checksum(put);
  return put;
}

template <class Record>
bool borrow_from(const Row& row, Record& out) {
  const result<std::string_view> body = checked_body(row);
  if (!body) return false;
  const char version = body->front();
  if (version < '\1' || version > record_version<Record>) return false;
  FieldReader reader(body->substr(1), version);
  reader.one(out);
  return reader.complete();
}

template <class Record>
result<Record> read(const Row& row) {
  result<Record> record{Record{}};
  if (!borrow_from(row, *record)) return errc::record_corrupt;
  return record;
}

}  // namespace portcullis::storage::codec
