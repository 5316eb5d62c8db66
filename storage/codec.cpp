#include "storage/codec.hpp"

#include <xxhash.h>

#include <cstdint>
#include <utility>

#include "core/time.hpp"
#include "storage/codec_layout.hpp"

namespace portcullis::storage::codec {

/// A record without fields.
struct Mark {};
template <class Io, Of<Mark> V>
void fields(Io&, V&) {}

namespace {

constexpr std::size_t check_bytes = 8;

/// XXH3-64 of everything before the checksum, seeded with XXH3-64 of the key: a value under another key does not pass.
std::uint64_t check_of(std::string_view key, std::string_view body) noexcept {
  return XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(key.data(), key.size()));
}

}  // namespace

void append_checksum(Put& put) {
  const std::uint64_t check = check_of(put.key, put.value);
  for (unsigned shift = 0; shift < 64; shift += 8)
    put.value.push_back(static_cast<char>(static_cast<std::uint8_t>(check >> shift)));
}

result<std::string_view> checked_body(const Row& row) noexcept {
  if (row.value.size() < 1 + check_bytes) return errc::record_corrupt;
  const std::string_view body = row.value.substr(0, row.value.size() - check_bytes);
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < check_bytes; ++i)
    stored |= std::uint64_t{static_cast<std::uint8_t>(row.value[body.size() + i])} << (8 * i);
  if (stored != check_of(row.key, body)) return errc::record_corrupt;
  return body;
}

template Put put(std::string, const Time&);
template Put put(std::string, const std::string&);
template result<Time> read(const Row&);
template result<std::string> read(const Row&);
template bool borrow_from(const Row&, std::string_view&);

Put put_text(std::string key, std::string_view v) { return put(std::move(key), std::string(v)); }
Put put_mark(std::string key) { return put(std::move(key), Mark{}); }

result<void> mark(const Row& row) {
  const result<Mark> found = read<Mark>(row);
  if (!found) return found.error();
  return {};
}

}  // namespace portcullis::storage::codec
