#pragma once
// An owning JSON tree for request parameters, and the bounded reader that makes it from foreign bytes. Any thread.

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/secret.hpp"

namespace portcullis::json {

struct Value;
using Array = std::vector<Value>;
/// Members in the order they came; a repeated name keeps its last value.
using Object = std::vector<std::pair<std::string, Value>>;

/// A number that neither 64 bits nor a double hold exactly, as it was written.
struct LongNumber {
  std::string text;
};

/// Its strings are wiped when it is destroyed, assigned to or moved from: bodies carry passwords.
struct Value {
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object, LongNumber> data = nullptr;

  Value() = default;
  explicit Value(std::string&& text) noexcept : data(std::move(text)) { portcullis::wipe(text); }
  template <class T>
  requires(!std::is_same_v<std::remove_cvref_t<T>, Value> && !std::is_same_v<std::remove_cvref_t<T>, errc> &&
           !std::is_same_v<std::remove_cvref_t<T>, error>) explicit Value(T&& v)
      : data(std::forward<T>(v)) {}
  Value(const Value&) = default;
  Value(Value&&) noexcept = default;
  Value& operator=(const Value& other) { return *this = Value(other); }
  Value& operator=(Value&& other) noexcept {
    if (this == &other) return *this;
    wipe_text();
    data = std::move(other.data);
    return *this;
  }
  ~Value() { wipe_text(); }

  [[nodiscard]] bool is_null() const noexcept { return std::holds_alternative<std::nullptr_t>(data); }
  [[nodiscard]] const bool* boolean() const noexcept { return std::get_if<bool>(&data); }
  [[nodiscard]] const std::int64_t* integer() const noexcept { return std::get_if<std::int64_t>(&data); }
  [[nodiscard]] const std::string* string() const noexcept { return std::get_if<std::string>(&data); }
  [[nodiscard]] const Array* array() const noexcept { return std::get_if<Array>(&data); }
  [[nodiscard]] const Object* object() const noexcept { return std::get_if<Object>(&data); }

 private:
  void wipe_text() noexcept {
    if (auto* text = std::get_if<std::string>(&data)) portcullis::wipe(*text);
    if (auto* number = std::get_if<LongNumber>(&data)) portcullis::wipe(number->text);
  }
};

/// The member of that name, or null.
[[nodiscard]] const Value* find(const Object& object, std::string_view name) noexcept;

/// Wipes every string of the tree now rather than on destruction.
inline void wipe(Value& value) noexcept { value = Value(); }

inline constexpr std::size_t max_depth = 64;

/// Members of one object; a repeated name counts each time.
inline constexpr std::size_t max_members = 4096;

/// Parses one whole UTF-8 JSON text of at most 16 MiB, `max_depth` levels and `max_members` members an object, in time
/// linear in its length (times the logarithm of an object's members) for any input; empty on anything else. Keeps every
/// digit of every number. Keeps no view into `text`. One parser for each thread is reused inside.
[[nodiscard]] std::optional<Value> parse(std::string_view text);

/// The most bytes that a tree of so many values takes, of a text of so many bytes.
[[nodiscard]] std::size_t tree_bytes(std::size_t values, std::size_t text) noexcept;

/// Bounds of a tree.
struct Bounds {
  std::size_t values = std::numeric_limits<std::size_t>::max();
  /// Called before the tree is made with the most bytes that it will take; false refuses it.
  std::function<bool(std::size_t bytes)> may_take{};
};

/// As parse(), but wipes and frees `text` before the tree is made. Errors: payload_too_large for more values, or more
/// members of an object, than allowed; server_busy when `may_take` refuses; general_bad_request for text that is not
/// JSON.
[[nodiscard]] result<Value> parse_away(std::string& text, const Bounds& bounds);

}  // namespace portcullis::json
