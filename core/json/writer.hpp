#pragma once
// Appends JSON text to a string: slashes escaped, other Unicode raw, as the wire has it. No allocation beyond the
// string's.

#include <cstdint>
#include <string>
#include <string_view>

namespace portcullis::json {

struct Value;

/// Writes one JSON document into `out`; commas are placed by the writer. Invalid UTF-8 bytes become U+FFFD.
class Writer {
 public:
  enum class Slashes : bool { escaped, plain };  ///< the wire escapes them; logs do not
  explicit Writer(std::string& out, Slashes slashes = Slashes::escaped) : out_(out), slashes_(slashes) {}

  void begin_object();
  void end_object();
  void begin_array();
  void end_array();
  void key(std::string_view name);
  /// A key of ours that needs no escape: letters, digits and `$` only.
  void plain_key(std::string_view name) {
    separate();
    out_ += '"';
    out_ += name;
    out_ += "\":";
    needs_comma_ = false;
  }
  void string(std::string_view text);
  void integer(std::int64_t number);
  void number(double value);
  void boolean(bool value);
  void null();
  /// Text that is already JSON.
  void raw(std::string_view json);
  void value(const Value& v);
  /// Appends directly inside a string value; `append` must add plain characters that need no escape.
  std::string& buffer() noexcept { return out_; }

  void field(std::string_view name, std::string_view text) { key(name), string(text); }
  void field(std::string_view name, const char* text) { key(name), string(text); }
  void field(std::string_view name, const std::string& text) { key(name), string(text); }
  void field(std::string_view name, bool v) { key(name), boolean(v); }
  void field(std::string_view name, std::int64_t v) { key(name), integer(v); }

 private:
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
/// Length of the text with `\/` and `\uXXXX` escapes, the measure of the contract's Prefs rule (account.md section 3).
[[nodiscard]] std::size_t escaped_length(const Value& v);

}  // namespace portcullis::json
