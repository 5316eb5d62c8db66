#include "core/crypto/encoding.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace portcullis::crypto {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint32_t bad = std::uint32_t{1} << 31;

/// A character's value at each of the four positions of a group; `bad` for characters outside the alphabet.
using Inverse = std::array<std::array<std::uint32_t, 256>, 4>;

constexpr Inverse inverse(std::string_view alphabet) {
  Inverse table{};
  for (std::size_t digit = 0; digit < table.size(); ++digit) {
    for (auto& entry : table[digit]) entry = bad;
    for (std::size_t i = 0; i < alphabet.size(); ++i)
      table[digit][static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint32_t>(i) << (18 - 6 * digit);
  }
  return table;
}

constexpr auto standard_inverse = inverse(standard);
constexpr auto url_safe_inverse = inverse(url_safe);

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::string encode(std::string_view bytes, std::string_view alphabet, bool padded) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    pending = pending << 8 | static_cast<unsigned char>(c);
    for (bits += 8; bits >= 6; bits -= 6) out += alphabet[pending >> (bits - 6) & 63];
  }
  if (bits > 0) out += alphabet[pending << (6 - bits) & 63];
  while (padded && out.size() % 4 != 0) out += '=';
  return out;
}

/// Number of bytes that a text of that length encodes.
constexpr std::size_t decoded_size(std::size_t digits) { return digits / 4 * 3 + (digits % 4 * 3) / 4; }

/// Writes decoded_size() bytes at `to`; false when the text is not a valid encoding.
bool decode(std::string_view text, const Inverse& table, char* to) {
  // A single left-over character encodes no whole byte.
  if (text.size() % 4 == 1) return false;
  const auto value_of = [&](std::size_t at) { return table[at % 4][static_cast<unsigned char>(text[at])]; };
  std::uint32_t seen = 0;  // every bad character sets the top bit
  std::size_t at = 0;
  for (; at + 4 <= text.size(); at += 4, to += 3) {
    const std::uint32_t group = value_of(at) | value_of(at + 1) | value_of(at + 2) | value_of(at + 3);
    seen |= group;
    to[0] = static_cast<char>(group >> 16 & 255);
    to[1] = static_cast<char>(group >> 8 & 255);
    to[2] = static_cast<char>(group & 255);
  }
  std::uint32_t group = 0;
  const std::size_t rest = text.size() - at;
  for (; at < text.size(); ++at) group |= value_of(at);
  seen |= group;
  if (rest >= 2) *to++ = static_cast<char>(group >> 16 & 255);
  if (rest == 3) *to++ = static_cast<char>(group >> 8 & 255);
  // Left-over bits must be zero: one text for one value.
  const std::uint32_t left_over = rest == 2 ? 0xFFFF : rest == 3 ? 0xFF : 0;
  return (seen & bad) == 0 && (group & left_over) == 0;
}

std::optional<std::string> decode(std::string_view text, const Inverse& table) {
  std::string out(decoded_size(text.size()), '\0');
  if (!decode(text, table, out.data())) return std::nullopt;
  return out;
}

std::string_view without_padding(std::string_view text) {
  if (text.ends_with("==") && text.size() % 4 == 0)
    text.remove_suffix(2);
  else if (text.ends_with('=') && text.size() % 4 == 0)
    text.remove_suffix(1);
  return text;
}

bool is_unreserved(char c) {
  return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' ||
         c == '_' || c == '~';
}

}  // namespace

std::string to_hex(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    out += hex_digits[byte >> 4];
    out += hex_digits[byte & 15];
  }
  return out;
}

std::optional<std::string> from_hex(std::string_view text) {
  if (text.size() % 2 != 0) return std::nullopt;
  std::string out;
  out.reserve(text.size() / 2);
  for (std::size_t i = 0; i < text.size(); i += 2) {
    const int high = hex_value(text[i]);
    const int low = hex_value(text[i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out += static_cast<char>(high * 16 + low);
  }
  return out;
}

bool is_hex(std::string_view text) noexcept {
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_value(c) >= 0; });
}

std::string to_base64(std::string_view bytes) { return encode(bytes, standard, true); }

std::optional<std::string> from_base64(std::string_view text) {
  return decode(without_padding(text), standard_inverse);
}

std::optional<std::size_t> from_base64(std::string_view text, std::span<char> out) {
  text = without_padding(text);
  if (decoded_size(text.size()) > out.size() || !decode(text, standard_inverse, out.data())) return std::nullopt;
  return decoded_size(text.size());
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, url_safe, false); }
std::optional<std::string> from_base64url(std::string_view text) { return decode(text, url_safe_inverse); }

std::optional<std::string> from_any_base64(std::string_view text) {
  std::optional<std::string> bytes = from_base64(text);
  return bytes ? bytes : decode(without_padding(text), url_safe_inverse);
}

std::optional<std::string> from_any_digest(std::string_view text, std::size_t size) {
  std::optional<std::string> bytes = is_hex(text) ? from_hex(text) : from_any_base64(text);
  if (bytes && bytes->size() != size) bytes.reset();
  return bytes;
}

std::string url_encode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto byte = static_cast<unsigned char>(c);
    out += '%';
    out += "0123456789ABCDEF"[byte >> 4];
    out += "0123456789ABCDEF"[byte & 15];
  }
  return out;
}

std::string url_decode(std::string_view text, bool plus_is_space) {
  std::size_t i = plus_is_space ? text.find_first_of("%+") : text.find('%');
  if (i == std::string_view::npos) return std::string(text);
  std::string out;
  out.reserve(text.size());
  out.append(text, 0, i);
  for (; i < text.size(); ++i) {
    const bool escaped =
        text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0;
    if (escaped) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += plus_is_space && text[i] == '+' ? ' ' : text[i];
    }
  }
  return out;
}

}  // namespace portcullis::crypto
