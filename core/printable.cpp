#include "core/printable.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstdint>

namespace portcullis {
namespace {

constexpr bool is_plain(char c) noexcept { return c >= 0x20 && c < 0x7F; }

struct Piece {
  std::size_t size = 1;  ///< bytes
  char32_t point = 0;
  bool is_utf8 = false;
};

Piece first_of(std::string_view text) noexcept {
  utf8proc_int32_t point = 0;
  const utf8proc_ssize_t size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                 static_cast<utf8proc_ssize_t>(text.size()), &point);
  if (size <= 0) return {1, static_cast<unsigned char>(text.front()), false};
  return {static_cast<std::size_t>(size), static_cast<char32_t>(point), true};
}

/// `\x1b` with two digits, `\u009b` with four.
void append_escape(std::string& out, char kind, std::uint32_t number, int digits) {
  out += '\\';
  out += kind;
  for (int shift = 4 * (digits - 1); shift >= 0; shift -= 4) out += "0123456789abcdef"[number >> shift & 15];
}

/// Copies the text, with `escape(piece)` for each piece that is not printable.
template <class Escape>
void copy_printable(std::string_view text, std::string& out, Escape escape) {
  while (!text.empty()) {
    const auto* const other = std::find_if_not(text.begin(), text.end(), is_plain);
    out.append(text.begin(), other);
    text.remove_prefix(static_cast<std::size_t>(other - text.begin()));
    if (text.empty()) return;
    const Piece piece = first_of(text);
    piece.is_utf8 && !is_unprintable(piece.point) ? void(out.append(text, 0, piece.size)) : escape(piece);
    text.remove_prefix(piece.size);
  }
}

}  // namespace

bool is_unprintable(char32_t point) noexcept {
  return point < 0x20 || (point >= 0x7F && point <= 0x9F) || (point >= 0x2028 && point <= 0x202E) ||
         (point >= 0x2066 && point <= 0x2069);
}

bool is_printable(std::string_view text) noexcept {
  while (!text.empty()) {
    const auto* const other = std::find_if_not(text.begin(), text.end(), is_plain);
    text.remove_prefix(static_cast<std::size_t>(other - text.begin()));
    if (text.empty()) return true;
    const Piece piece = first_of(text);
    if (!piece.is_utf8 || is_unprintable(piece.point)) return false;
    text.remove_prefix(piece.size);
  }
  return true;
}

std::string printable(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  copy_printable(text, out, [&out](const Piece& piece) {
    const bool is_byte = piece.point < 0x80 || !piece.is_utf8;
    append_escape(out, is_byte ? 'x' : 'u', piece.point, is_byte ? 2 : 4);
  });
  return out;
}

std::string printable_json(std::string_view json) {
  std::string out;
  out.reserve(json.size());
  // ASCII characters need no escape: they are blanks between tokens, or part of an escape already.
  copy_printable(json, out, [&out](const Piece& piece) {
    if (piece.point < 0x80 && piece.is_utf8)
      out += static_cast<char>(piece.point);
    else
      append_escape(out, 'u', piece.is_utf8 ? piece.point : 0xFFFD, 4);
  });
  return out;
}

}  // namespace portcullis
