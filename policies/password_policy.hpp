#pragma once
// What a new password must satisfy beyond its length in bytes: strength, dictionary, personal data, history.
// Source: docs/contract/account.md 3 and 5.2-5.4. Pure; any thread. Nothing here copies the password.

#include <cstdint>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/project.hpp"
#include "core/user.hpp"

namespace portcullis::policies {

/// 8 (or the project's minimum) to 256 bytes and every class of character the project asks for; otherwise
/// general_argument_invalid with the param `password` and the first rule missed. A symbol is any character that is not
/// a Unicode letter, number or white space; text that is not UTF-8 has none.
[[nodiscard]] result<void> meets_strength(std::string_view password, const PasswordStrength& strength);

/// What a password may not contain. Empty fields are skipped.
struct PersonalData {
  std::string_view user_id;
  std::string_view email;
  std::string_view name;
  std::string_view phone;  ///< E.164
};

/// Whether the password holds the id, the e-mail, its local part, the whole name, or the phone with or without its
/// `+`; ASCII letters match in either case.
[[nodiscard]] bool contains_personal_data(std::string_view password, const PersonalData& data) noexcept;

/// Whether the password is one of the 10,000 in data/common_passwords.txt, letter for letter.
[[nodiscard]] bool is_common_password(std::string_view password) noexcept;

/// The history (oldest first) once `added` joins it, cut to the newest `keep`; unchanged when `keep` is 0.
[[nodiscard]] std::vector<PasswordHash> rotate_history(std::vector<PasswordHash> history, PasswordHash added,
                                                       std::uint32_t keep);

}  // namespace portcullis::policies
