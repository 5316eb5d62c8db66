#pragma once
// Appends JSON text to a string: slashes escaped, other Unicode unescaped, as on the wire. Allocates nothing but the
// string's memory.

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace portcullis::json {

struct Value;

/// Writes one JSON document into `out`; commas are placed by the writer. Invalid UTF-8 bytes become U+FFFD.
class Writer {
 public:
  /// The wire escapes slashes and shows other characters as they are. Logs and files show slashes as they are, and
  /// escape characters that a terminal must not get (printable.hpp).
  enum class Slashes : bool { escaped, plain };
  explicit Writer(std::string& out, Slashes slashes = Slashes::escaped) : out_(out), slashes_(slashes) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  /// A constant key that needs no escape: letters, digits and `$` only.
  void plain_key(std::string_view name) {
    char* to = extend(name.size() + 3);
    *to++ = '"';
    to = std::copy(name.begin(), name.end(), to);
    *to++ = '"';
    *to = ':';
    needs_comma_ = false;
  }
  /// A plain key, given as `,"name":`; the comma is left out at the start of an object.
  void prepared_key(std::string_view text) {
    out_.append(needs_comma_ ? text : text.substr(1));
    needs_comma_ = false;
  }
  void string(std::string_view text);
  /// A string that needs no escape and is valid UTF-8: an id, a date, a constant.
  void plain_string(std::string_view text) {
    char* to = extend(text.size() + 2);
    *to++ = '"';
    to = std::copy(text.begin(), text.end(), to);
    *to = '"';
  }
  void integer(std::int64_t number);
  void number(double value);
  void boolean(bool value);
  void null();
  /// Text that is already JSON.
  void raw(std::string_view json);
  void value(const Value& v);
  void field(std::string_view name, std::string_view text) { key(name), string(text); }
  void field(std::string_view name, const char* text) { key(name), string(text); }
  void field(std::string_view name, const std::string& text) { key(name), string(text); }
  void field(std::string_view name, bool v) { key(name), boolean(v); }
  void field(std::string_view name, std::int64_t v) { key(name), integer(v); }

 private:
  /// Appends `size` bytes, after a comma where one is needed, which the caller must write.
  char* extend(std::size_t size) {
    const std::size_t comma = needs_comma_ ? 1 : 0;
    const std::size_t at = out_.size();
    // Appending bytes is cheaper than resize(), and most pieces are short.
    static constexpr char padding[64] = {};
    if (comma + size <= sizeof padding)
      out_.append(padding, comma + size);
    else
      out_.resize(at + comma + size);
    if (needs_comma_) out_[at] = ',';
    needs_comma_ = true;
    return out_.data() + at + comma;
  }
  void separate() {
    if (needs_comma_) out_ += ',';
    needs_comma_ = true;
  }
  std::string& out_;
  Slashes slashes_;
  bool needs_comma_ = false;
};

/// Compact text of a value, slashes escaped.
[[nodiscard]] std::string to_text(const Value& v);
/// Length of the text with `\/` and `\uXXXX` escapes, the measure of the Prefs rule (docs/contract/account.md 3).
[[nodiscard]] std::size_t escaped_length(const Value& v);

}  // namespace portcullis::json
