#include "storage/codec_fields.hpp"

#include <algorithm>
#include <limits>

namespace portcullis::storage::codec {

void FieldWriter::number(std::uint64_t v) {
  while (v >= 0x80) {
    out_.push_back(static_cast<char>(static_cast<std::uint8_t>(v | 0x80)));
    v >>= 7;
  }
  out_.push_back(static_cast<char>(static_cast<std::uint8_t>(v)));
}

void FieldWriter::one(Time v) {
  const auto ms = static_cast<std::uint64_t>(to_millis(v));
  const std::uint64_t sign = to_millis(v) < 0 ? ~std::uint64_t{0} : 0;
  number(ms << 1 ^ sign);
}

void FieldWriter::one(const std::string& v) {
  number(v.size());
  out_.append(v);
}

void FieldWriter::one(const std::array<std::uint8_t, 32>& v) {
  for (const std::uint8_t byte : v) out_.push_back(static_cast<char>(byte));
}

std::uint64_t FieldReader::long_number() noexcept {
  std::uint64_t v = 0;
  for (unsigned shift = 0; shift < 64 && !rest_.empty(); shift += 7) {
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    const std::uint64_t bits = byte & 0x7fU;
    if (shift == 63 && bits > 1) break;  // beyond 64 bits
    if (byte == 0 && shift > 0) break;   // a longer spelling of a shorter number
    v |= bits << shift;
    if ((byte & 0x80U) == 0) return v;
  }
  fail();
  return 0;
}

void FieldReader::one(bool& v) {
  if (rest_.empty() || static_cast<std::uint8_t>(rest_.front()) > 1) return fail();
  v = rest_.front() != '\0';
  rest_.remove_prefix(1);
}

void FieldReader::one(std::uint32_t& v) {
  const std::uint64_t wide = number();
  if (wide > std::numeric_limits<std::uint32_t>::max()) return fail();
  v = static_cast<std::uint32_t>(wide);
}

void FieldReader::one(Time& v) {
  const std::uint64_t coded = number();
  const std::uint64_t sign = (coded & 1) != 0 ? ~std::uint64_t{0} : 0;
  v = from_millis(static_cast<std::int64_t>(coded >> 1 ^ sign));
}

void FieldReader::one(std::array<std::uint8_t, 32>& v) {
  if (rest_.size() < v.size()) return fail();
  std::transform(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(v.size()), v.begin(),
                 [](char c) { return static_cast<std::uint8_t>(c); });
  rest_.remove_prefix(v.size());
}

}  // namespace portcullis::storage::codec
