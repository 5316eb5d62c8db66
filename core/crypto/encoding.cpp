#include "core/crypto/encoding.hpp"

#include <array>
#include <cstdint>

namespace portcullis::crypto {
namespace {

constexpr std::string_view hex_digits = "0123456789abcdef";
constexpr std::string_view standard = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view url_safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::uint8_t bad = 255;

constexpr std::array<std::uint8_t, 256> inverse(std::string_view alphabet) {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = bad;
  for (std::size_t i = 0; i < alphabet.size(); ++i)
    table[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
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

std::optional<std::string> decode(std::string_view text, const std::array<std::uint8_t, 256>& table) {
  // A lone character carries no byte.
  if (text.size() % 4 == 1) return std::nullopt;
  std::string out(text.size() / 4 * 3 + (text.size() % 4 * 3) / 4, '\0');
  char* to = out.data();
  const auto value_of = [&table](char c) { return std::uint32_t{table[static_cast<unsigned char>(c)]}; };
  std::uint32_t seen = 0;  // every bad character sets the top bit
  for (; text.size() >= 4; text.remove_prefix(4)) {
    const std::uint32_t v[] = {value_of(text[0]), value_of(text[1]), value_of(text[2]), value_of(text[3])};
    seen |= v[0] | v[1] | v[2] | v[3];
    const std::uint32_t group = v[0] << 18 | v[1] << 12 | v[2] << 6 | v[3];
    *to++ = static_cast<char>(group >> 16 & 255);
    *to++ = static_cast<char>(group >> 8 & 255);
    *to++ = static_cast<char>(group & 255);
  }
  std::uint32_t pending = 0;
  unsigned bits = 0;
  for (const char c : text) {
    seen |= value_of(c);
    pending = pending << 6 | (value_of(c) & 63);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    *to++ = static_cast<char>(pending >> bits & 255);
  }
  if ((seen & 128) != 0) return std::nullopt;
  // Left-over bits must be zero: one text for one value.
  if ((pending & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
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

std::string to_base64(std::string_view bytes) { return encode(bytes, standard, true); }

std::optional<std::string> from_base64(std::string_view text) {
  if (text.ends_with("==") && text.size() % 4 == 0)
    text.remove_suffix(2);
  else if (text.ends_with('=') && text.size() % 4 == 0)
    text.remove_suffix(1);
  return decode(text, standard_inverse);
}

std::string to_base64url(std::string_view bytes) { return encode(bytes, url_safe, false); }
std::optional<std::string> from_base64url(std::string_view text) { return decode(text, url_safe_inverse); }

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
