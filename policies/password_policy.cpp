#include "policies/password_policy.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <utility>

namespace portcullis::policies {
namespace {

constexpr std::size_t max_bytes = 256;
constexpr const char* param = "password";

char ascii_lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

bool has_in_range(std::string_view text, char first, char last) noexcept {
  return std::any_of(text.begin(), text.end(), [first, last](char c) { return c >= first && c <= last; });
}

bool is_blank(utf8proc_int32_t c) noexcept {
  if ((c >= 0x09 && c <= 0x0D) || c == 0x85) return true;
  const utf8proc_category_t category = utf8proc_category(c);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

bool is_letter_or_number(utf8proc_int32_t c) noexcept {
  const utf8proc_category_t category = utf8proc_category(c);
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         (category >= UTF8PROC_CATEGORY_ND && category <= UTF8PROC_CATEGORY_NO);
}

/// False for text that is not UTF-8, wherever the malformed byte is.
bool has_symbol(std::string_view text) noexcept {
  bool found = false;
  while (!text.empty()) {
    utf8proc_int32_t c = 0;
    const utf8proc_ssize_t read = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                                   static_cast<utf8proc_ssize_t>(text.size()), &c);
    if (read <= 0) return false;
    found = found || !(is_letter_or_number(c) || is_blank(c));
    text.remove_prefix(static_cast<std::size_t>(read));
  }
  return found;
}

bool holds(std::string_view password, std::string_view part) noexcept {
  if (part.empty()) return false;
  return std::search(password.begin(), password.end(), part.begin(), part.end(),
                     [](char a, char b) { return ascii_lower(a) == ascii_lower(b); }) != password.end();
}

}  // namespace

result<void> meets_strength(std::string_view password, const PasswordStrength& strength) {
  const auto missed = [](const char* rule) { return error(errc::general_argument_invalid, param, rule); };
  if (password.size() < 8 || password.size() > max_bytes) return missed("must be 8 to 256 bytes long");
  if (password.size() < strength.min) return missed("is shorter than the project allows");
  if (strength.uppercase && !has_in_range(password, 'A', 'Z')) return missed("must hold an uppercase letter A-Z");
  if (strength.lowercase && !has_in_range(password, 'a', 'z')) return missed("must hold a lowercase letter a-z");
  if (strength.number && !has_in_range(password, '0', '9')) return missed("must hold a digit 0-9");
  if (strength.symbols && !has_symbol(password))
    return missed("must hold a symbol: neither letter, number nor white space");
  return {};
}

bool contains_personal_data(std::string_view password, const PersonalData& data) noexcept {
  const std::size_t at = data.email.find('@');
  const std::string_view local = at == std::string_view::npos ? std::string_view{} : data.email.substr(0, at);
  const std::string_view digits = data.phone.starts_with('+') ? data.phone.substr(1) : data.phone;
  // A phone number with its `+` contains the digits without it, so the digits suffice.
  return holds(password, data.user_id) || holds(password, data.email) || holds(password, local) ||
         holds(password, data.name) || holds(password, digits);
}

std::vector<PasswordHash> rotate_history(std::vector<PasswordHash> history, PasswordHash added, std::uint32_t keep) {
  if (keep == 0) return history;
  history.push_back(std::move(added));
  if (history.size() > keep) history.erase(history.begin(), history.end() - static_cast<std::ptrdiff_t>(keep));
  return history;
}

}  // namespace portcullis::policies
