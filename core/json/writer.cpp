#include "core/json/writer.hpp"

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>

#include "core/json/value.hpp"
#include "core/printable.hpp"

namespace portcullis::json {
namespace {

/// True for every byte that is written unescaped.
constexpr std::array<bool, 256> plain_table() {
  std::array<bool, 256> table{};
  for (std::size_t c = 0x20; c < 0x80; ++c) table[c] = c != '"' && c != '\\' && c != '/';
  return table;
}
constexpr auto plain = plain_table();

void append_escape(std::string& out, char c) {
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '/':
      out += "\\/";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    case '\b':
      out += "\\b";
      return;
    case '\f':
      out += "\\f";
      return;
    default:
      break;
  }
  out += "\\u00";
  out += "0123456789abcdef"[static_cast<unsigned char>(c) >> 4];
  out += "0123456789abcdef"[static_cast<unsigned char>(c) & 15];
}

/// Length of the well-formed UTF-8 sequence at the front (RFC 3629), 0 when there is none.
std::size_t sequence_length(std::string_view text) {
  const auto at = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned char lead = at(0);
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (std::size_t i = 1; i < size; ++i)
    if ((at(i) & 0xC0) != 0x80) return 0;
  if (lead == 0xE0 && at(1) < 0xA0) return 0;
  if (lead == 0xED && at(1) > 0x9F) return 0;
  if (lead == 0xF0 && at(1) < 0x90) return 0;
  if (lead == 0xF4 && at(1) > 0x8F) return 0;
  return size;
}

}  // namespace

void Writer::begin_object() {
  separate();
  out_ += '{';
  needs_comma_ = false;
}
void Writer::end_object() {
  out_ += '}';
  needs_comma_ = true;
}
void Writer::begin_array() {
  separate();
  out_ += '[';
  needs_comma_ = false;
}
void Writer::end_array() {
  out_ += ']';
  needs_comma_ = true;
}
void Writer::key(std::string_view name) {
  string(name);
  out_ += ':';
  needs_comma_ = false;
}
void Writer::string(std::string_view text) {
  std::size_t clean = 0;
  while (clean < text.size() && plain[static_cast<unsigned char>(text[clean])]) ++clean;
  if (clean == text.size()) return plain_string(text);
  separate();
  out_ += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size();) {
    if (plain[static_cast<unsigned char>(text[i])] || (text[i] == '/' && slashes_ == Slashes::plain)) {
      ++i;
      continue;
    }
    out_.append(text, from, i - from);
    if (static_cast<unsigned char>(text[i]) < 0x80) {
      append_escape(out_, text[i++]);
    } else if (const std::size_t size = sequence_length(text.substr(i)); size > 0) {
      const std::string_view sequence = text.substr(i, size);
      slashes_ == Slashes::plain ? out_ += printable_json(sequence) : out_ += sequence;
      i += size;
    } else {
      out_ += "\xEF\xBF\xBD";
      ++i;
    }
    from = i;
  }
  out_.append(text, from, text.size() - from);
  out_ += '"';
}
void Writer::integer(std::int64_t number) {
  separate();
  std::array<char, 24> text{};
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), number);
  static_cast<void>(failure);
  out_.append(text.data(), end);
}
void Writer::number(double value) {
  separate();
  if (!std::isfinite(value)) {
    out_ += "null";
    return;
  }
  std::array<char, 40> text{};
  // In fixed notation a number beyond 64 bits would look like an integer that readers refuse.
  const auto notation = std::abs(value) < 9.2e18 ? std::chars_format::general : std::chars_format::scientific;
  const auto [end, failure] = std::to_chars(text.data(), text.data() + text.size(), value, notation);
  static_cast<void>(failure);
  out_.append(text.data(), end);
}
void Writer::boolean(bool value) {
  separate();
  out_ += value ? "true" : "false";
}
void Writer::null() {
  separate();
  out_ += "null";
}
void Writer::raw(std::string_view json) {
  separate();
  out_ += json;
}
void Writer::value(const Value& v) {
  struct Visit {
    Writer& w;
    void operator()(std::nullptr_t) const { w.null(); }
    void operator()(bool b) const { w.boolean(b); }
    void operator()(std::int64_t n) const { w.integer(n); }
    void operator()(double n) const { w.number(n); }
    void operator()(const std::string& s) const { w.string(s); }
    void operator()(const LongNumber& n) const { w.raw(n.text); }
    void operator()(const Array& array) const {
      w.begin_array();
      for (const Value& item : array) w.value(item);
      w.end_array();
    }
    void operator()(const Object& object) const {
      w.begin_object();
      for (const auto& [name, item] : object) {
        w.key(name);
        w.value(item);
      }
      w.end_object();
    }
  };
  std::visit(Visit{*this}, v.data);
}

std::string to_text(const Value& v) {
  std::string out;
  Writer(out).value(v);
  return out;
}

std::size_t escaped_length(const Value& v) {
  std::size_t length = 0;
  for (const char c : to_text(v)) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x80)
      length += 1;
    else if (byte >= 0xF0)
      length += 12;  // a surrogate pair
    else if (byte >= 0xC0)
      length += 6;
  }
  return length;
}

}  // namespace portcullis::json
