#include "core/validators.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>

namespace portcullis::validators {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_alnum(char c) { return is_digit(c) || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }
bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f' || c == '\0'; }

/// RFC 1035 label: letters, digits and inner hyphens, 1..63.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= 63 && label.front() != '-' && label.back() != '-' &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_alnum(c) || c == '-'; });
}

/// Labels separated by dots; answers how many, 0 when one is bad.
std::size_t count_labels(std::string_view host) {
  std::size_t count = 0;
  while (true) {
    const std::size_t dot = host.find('.');
    if (!is_label(host.substr(0, dot))) return 0;
    ++count;
    if (dot == std::string_view::npos) return count;
    host.remove_prefix(dot + 1);
  }
}

/// RFC 5322 dot-atom.
bool is_local_part(std::string_view local) {
  constexpr std::string_view specials = "!#$%&'*+-/=?^_`{|}~";
  if (local.empty() || local.size() > 64 || local.front() == '.' || local.back() == '.') return false;
  for (std::size_t i = 0; i < local.size(); ++i) {
    const bool inner_dot = local[i] == '.' && local[i - 1] != '.';
    if (!is_alnum(local[i]) && !inner_dot && specials.find(local[i]) == std::string_view::npos) return false;
  }
  return true;
}

// Country calling codes of ITU-T E.164 in service; the one-digit zones 1 and 7 are whole.
constexpr std::array<std::uint16_t, 44> two_digit_codes{20, 27, 30, 31, 32, 33, 34, 36, 39, 40, 41, 43, 44, 45, 46,
                                                        47, 48, 49, 51, 52, 53, 54, 55, 56, 57, 58, 60, 61, 62, 63,
                                                        64, 65, 66, 81, 82, 84, 86, 90, 91, 92, 93, 94, 95, 98};
constexpr std::array<std::uint16_t, 161> three_digit_codes{
    211, 212, 213, 216, 218, 220, 221, 222, 223, 224, 225, 226, 227, 228, 229, 230, 231, 232, 233, 234, 235, 236, 237,
    238, 239, 240, 241, 242, 243, 244, 245, 246, 247, 248, 249, 250, 251, 252, 253, 254, 255, 256, 257, 258, 260, 261,
    262, 263, 264, 265, 266, 267, 268, 269, 290, 291, 297, 298, 299, 350, 351, 352, 353, 354, 355, 356, 357, 358, 359,
    370, 371, 372, 373, 374, 375, 376, 377, 378, 379, 380, 381, 382, 383, 385, 386, 387, 389, 420, 421, 423, 500, 501,
    502, 503, 504, 505, 506, 507, 508, 509, 590, 591, 592, 593, 594, 595, 596, 597, 598, 599, 670, 672, 673, 674, 675,
    676, 677, 678, 679, 680, 681, 682, 683, 685, 686, 687, 688, 689, 690, 691, 692, 850, 852, 853, 855, 856, 880, 886,
    960, 961, 962, 963, 964, 965, 966, 967, 968, 970, 971, 972, 973, 974, 975, 976, 977, 992, 993, 994, 995, 996, 998};

template <std::size_t Size>
bool has_code(const std::array<std::uint16_t, Size>& codes, std::string_view digits, std::size_t length) {
  std::uint16_t code = 0;
  for (const char c : digits.substr(0, length)) code = static_cast<std::uint16_t>(code * 10 + (c - '0'));
  return std::find(codes.begin(), codes.end(), code) != codes.end();
}

}  // namespace

bool is_uid(std::string_view text) noexcept {
  const auto allowed = [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-'; };
  return !text.empty() && text.size() <= 36 && is_alnum(text.front()) && std::all_of(text.begin(), text.end(), allowed);
}

bool is_custom_id(std::string_view text) noexcept { return text == "unique()" || is_uid(text); }

bool is_email(std::string_view text) noexcept {
  const std::size_t at = text.find('@');
  if (text.size() > 320 || at == std::string_view::npos || text.find('@', at + 1) != std::string_view::npos)
    return false;
  const std::string_view domain = text.substr(at + 1);
  return is_local_part(text.substr(0, at)) && domain.size() <= 253 && count_labels(domain) >= 2;
}

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::string normalise_email(std::string_view text) { return ascii_lower(trimmed(text)); }

bool is_phone(std::string_view text) noexcept {
  if (text.size() < 8 || text.size() > 16 || text.front() != '+') return false;
  const std::string_view digits = text.substr(1);
  if (digits.front() == '0' || !std::all_of(digits.begin(), digits.end(), is_digit)) return false;
  return has_code(three_digit_codes, digits, 3) || has_code(two_digit_codes, digits, 2) || digits.front() == '1' ||
         digits.front() == '7';
}

std::optional<std::size_t> utf8_length(std::string_view text) noexcept {
  std::size_t length = 0;
  while (!text.empty()) {
    utf8proc_int32_t point = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &point);
    if (size <= 0) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(size));
    ++length;
  }
  return length;
}

bool is_password(std::string_view text) noexcept { return text.size() >= 8 && text.size() <= 256; }

bool is_label(std::string_view text) noexcept {
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); };
  return !text.empty() && text.size() <= 36 && std::all_of(text.begin(), text.end(), allowed);
}

bool is_host_pattern(std::string_view text) noexcept {
  if (text == "*") return true;
  if (text.size() > 253) return false;
  if (text.starts_with("*.")) text.remove_prefix(2);
  return !text.empty() && count_labels(text) > 0;
}

bool is_project_id(std::string_view text) noexcept {
  if (text == "unique()") return true;
  const auto allowed = [](char c) { return is_digit(c) || (c >= 'a' && c <= 'z') || c == '-'; };
  return !text.empty() && text.size() <= 36 && text.front() != '-' && std::all_of(text.begin(), text.end(), allowed);
}

bool is_url(std::string_view text) noexcept {
  constexpr std::string_view longest_scheme = "https";
  const std::size_t mark = text.find("://");
  if (mark > longest_scheme.size()) return false;
  const std::string scheme = ascii_lower(text.substr(0, mark));
  if (scheme != "http" && scheme != longest_scheme) return false;
  const std::string_view rest = text.substr(mark + 3);
  const bool visible = std::all_of(rest.begin(), rest.end(), [](char c) { return c > ' ' && c < '\x7f'; });
  return visible && !rest.empty() && std::string_view("/?#:@").find(rest.front()) == std::string_view::npos;
}

std::string ascii_lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

}  // namespace portcullis::validators
