#include "core/password/phc.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace portcullis {
namespace {

constexpr std::size_t max_text = 512;
constexpr std::uint32_t max_memory_kib = std::uint32_t{1} << 21U;
constexpr std::uint32_t max_passes = 64;
constexpr std::uint32_t max_lanes = 16;
constexpr std::size_t max_key_id = 8;
constexpr std::string_view no_argon2 = "is no Argon2 hash ($argon2i$ or $argon2id$)";
constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// Decimal without sign or leading zeros; larger numbers are read as the largest one. Source: PHC string format,
/// "Decimal encoding".
std::optional<std::uint32_t> read_number(std::string_view& text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return {};
  std::uint32_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure == std::errc::result_out_of_range) value = std::numeric_limits<std::uint32_t>::max();
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (digits > 1 && text.front() == '0') return {};
  text.remove_prefix(digits);
  return value;
}

/// Base64 without padding; bits beyond the last whole byte must be zero, so that each value has one encoding.
std::optional<std::string> read_base64(std::string_view text) {
  if (text.size() % 4 == 1) return {};
  std::string bytes;
  bytes.reserve(text.size() * 3 / 4);
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t digit = alphabet.find(c);
    if (digit == std::string_view::npos) return {};
    window = (window << 6U) | static_cast<std::uint32_t>(digit);
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes.push_back(static_cast<char>((window >> bits) & 0xFFU));
    window &= (1U << bits) - 1U;
  }
  if (window != 0) return {};
  return bytes;
}

void append_base64(std::string& out, std::string_view bytes) {
  std::uint32_t window = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    window = (window << 8U) | static_cast<unsigned char>(c);
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out.push_back(alphabet[(window >> bits) & 63U]);
    }
    window &= (1U << bits) - 1U;
  }
  if (bits > 0) out.push_back(alphabet[(window << (6U - bits)) & 63U]);
}

// Functions that read a part answer the reason of a failure, or nothing.

std::string_view read_costs(std::string_view& text, Argon2Phc& phc) {
  const std::array<std::pair<std::string_view, std::uint32_t*>, 3> costs{
      {{"m=", &phc.memory_kib}, {",t=", &phc.passes}, {",p=", &phc.lanes}}};
  for (const auto& [name, value] : costs) {
    if (!skip(text, name)) return no_argon2;
    const std::optional<std::uint32_t> number = read_number(text);
    if (!number) return no_argon2;
    *value = *number;
  }
  if (phc.lanes < 1 || phc.lanes > max_lanes) return "has Argon2 lanes outside 1 to 16";
  if (phc.passes < 1 || phc.passes > max_passes) return "has Argon2 passes outside 1 to 64";
  if (phc.memory_kib < 8 * phc.lanes || phc.memory_kib > max_memory_kib)
    return "has an Argon2 memory cost outside 8 KiB a lane to 2 GiB";
  return {};
}

/// `,keyid=...` names the pepper; an empty id when there is none. Source: PHC string format, "Argon2 Encoding".
bool read_key_id(std::string_view& text, Argon2Phc& phc) {
  if (!skip(text, ",keyid=")) return true;
  const std::size_t end = std::min(text.find_first_of(",$"), text.size());
  std::optional<std::string> id = read_base64(text.substr(0, end));
  if (!id || id->empty() || id->size() > max_key_id) return false;
  phc.key_id = std::move(*id);
  text.remove_prefix(end);
  return true;
}

/// Before version 1.3 the encoding had no version part.
std::string_view read_version(std::string_view& text, Argon2Phc& phc) {
  phc.version = 0x10;
  if (!skip(text, "v=")) return {};
  const std::optional<std::uint32_t> number = read_number(text);
  if (!number || !skip(text, "$")) return no_argon2;
  phc.version = *number;
  return *number == 0x10 || *number == 0x13 ? std::string_view() : "has an Argon2 version other than 16 and 19";
}

std::string_view read_phc(std::string_view text, Argon2Phc& phc) {
  if (text.size() > max_text) return no_argon2;
  phc.id = skip(text, "$argon2id$");
  if (!phc.id && !skip(text, "$argon2i$")) return no_argon2;
  std::string_view why = read_version(text, phc);
  if (why.empty()) why = read_costs(text, phc);
  if (!why.empty()) return why;
  if (!read_key_id(text, phc) || !skip(text, "$")) return no_argon2;
  const std::size_t cut = text.find('$');
  if (cut == std::string_view::npos) return no_argon2;
  std::optional<std::string> salt = read_base64(text.substr(0, cut));
  std::optional<std::string> tag = read_base64(text.substr(cut + 1));
  if (!salt || !tag) return no_argon2;
  if (salt->size() < 8 || salt->size() > 64) return "has an Argon2 salt outside 8 to 64 bytes";
  if (tag->size() < 16 || tag->size() > 128) return "has an Argon2 tag outside 16 to 128 bytes";
  phc.salt = std::move(*salt);
  phc.tag = std::move(*tag);
  return {};
}

}  // namespace

std::optional<Argon2Phc> parse_phc(std::string_view text, std::string_view* why) {
  std::optional<Argon2Phc> phc(std::in_place);
  const std::string_view reason = read_phc(text, *phc);
  if (!reason.empty()) phc.reset();
  if (why != nullptr) *why = reason;
  return phc;
}

std::string format_phc(const Argon2Phc& phc) {
  std::string text = phc.id ? "$argon2id$v=" : "$argon2i$v=";
  text += std::to_string(phc.version);
  text += "$m=" + std::to_string(phc.memory_kib);
  text += ",t=" + std::to_string(phc.passes);
  text += ",p=" + std::to_string(phc.lanes);
  if (!phc.key_id.empty()) {
    text += ",keyid=";
    append_base64(text, phc.key_id);
  }
  text.push_back('$');
  append_base64(text, phc.salt);
  text.push_back('$');
  append_base64(text, phc.tag);
  return text;
}

std::string hash_options(const Argon2Phc& phc) {
  return R"({"type":"argon2","memory_cost":)" + std::to_string(phc.memory_kib) + R"(,"time_cost":)" +
         std::to_string(phc.passes) + R"(,"threads":)" + std::to_string(phc.lanes) + "}";
}

}  // namespace portcullis
