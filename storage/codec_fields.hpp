#pragma once
// The two halves of the record codec: FieldWriter appends fields, FieldReader takes them from foreign bytes. A record's
// layout is written once, as a function over either (codec_layout.hpp). Reading never goes past the end; a failure
// sticks.

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/time.hpp"

namespace portcullis::storage::codec {

/// Fields: unsigned numbers are LEB128, times zigzag LEB128 of milliseconds, booleans one byte 0 or 1, texts and lists
/// a count and their content, options a boolean and, when true, the value.
class FieldWriter {
 public:
  static constexpr bool reads = false;
  FieldWriter(std::string& out, char version) : out_(out), version_(version) {}
  [[nodiscard]] char version() const noexcept { return version_; }  ///< of the record that is written

  template <class... Fields>
  void operator()(const Fields&... fields) {
    (one(fields), ...);
  }
  void one(bool v) { out_.push_back(v ? '\1' : '\0'); }
  void one(std::uint32_t v) { number(v); }
  void one(std::uint64_t v) { number(v); }
  void one(Time v);
  void one(const std::string& v);
  void one(const std::array<std::uint8_t, 32>& v);
  template <class T>
  void one(const std::optional<T>& v) {
    one(v.has_value());
    if (v) one(*v);
  }
  template <class T>
  void one(const std::vector<T>& v) {
    number(v.size());
    for (const T& item : v) one(item);
  }
  template <class T>
  void one(const T& v) {
    fields(*this, v);
  }

 private:
  void number(std::uint64_t v);
  std::string& out_;
  const char version_;
};

class FieldReader {
 public:
  static constexpr bool reads = true;
  FieldReader(std::string_view bytes, char version) : rest_(bytes), version_(version) {}
  [[nodiscard]] char version() const noexcept { return version_; }  ///< of the record that is read

  template <class... Fields>
  void operator()(Fields&... fields) {
    (one(fields), ...);
  }
  /// True when nothing failed and every byte was used.
  [[nodiscard]] bool complete() const noexcept { return ok_ && rest_.empty(); }

  void one(bool& v);
  void one(std::uint32_t& v);
  void one(std::uint64_t& v) { v = number(); }
  void one(Time& v);
  void one(std::string_view& v) {
    v = rest_.substr(0, count());
    rest_.remove_prefix(v.size());
  }
  void one(std::string& v) {
    std::string_view text;
    one(text);
    v.assign(text);
  }
  void one(std::array<std::uint8_t, 32>& v);
  template <class T>
  void one(std::optional<T>& v) {
    bool present = false;
    one(present);
    if (present) one(v.emplace());
  }
  template <class T>
  void one(std::vector<T>& v) {
    const std::size_t size = count();
    v.reserve(std::min<std::size_t>(size, 64));
    for (std::size_t i = 0; i < size && ok_; ++i) one(v.emplace_back());
  }
  template <class T>
  void one(T& v) {
    fields(*this, v);
  }

 private:
  [[nodiscard]] std::uint64_t number() noexcept {
    if (rest_.empty() || static_cast<std::uint8_t>(rest_.front()) >= 0x80) return long_number();
    const auto byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  [[nodiscard]] std::uint64_t long_number() noexcept;
  /// A count of things that take at least one byte each, so it cannot exceed what is left.
  [[nodiscard]] std::size_t count() noexcept {
    const std::uint64_t size = number();
    if (size <= rest_.size()) return static_cast<std::size_t>(size);
    fail();
    return 0;
  }
  void fail() noexcept {
    ok_ = false;
    rest_ = {};
  }
  std::string_view rest_;
  const char version_;
  bool ok_ = true;
};

}  // namespace portcullis::storage::codec
