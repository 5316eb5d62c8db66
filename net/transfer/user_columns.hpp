#pragma once
// The members of a user in a file, which are also the columns of its CSV, and how a cell represents each. Source:
// docs/import.md; the members of hashes are those of docs/contract/users.md 4. Pure; any thread.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/json/value.hpp"

namespace portcullis::transfer {

struct UserColumn {
  enum class Kind : std::uint8_t { text, number, flag, time, labels, object };
  std::string_view name;
  Kind kind = Kind::text;
};

inline constexpr std::array user_columns{
    UserColumn{"id"},
    UserColumn{"email"},
    UserColumn{"phone"},
    UserColumn{"name"},
    UserColumn{"labels", UserColumn::Kind::labels},
    UserColumn{"status", UserColumn::Kind::flag},
    UserColumn{"emailVerification", UserColumn::Kind::flag},
    UserColumn{"phoneVerification", UserColumn::Kind::flag},
    UserColumn{"impersonator", UserColumn::Kind::flag},
    UserColumn{"prefs", UserColumn::Kind::object},
    UserColumn{"createdAt", UserColumn::Kind::time},
    UserColumn{"updatedAt", UserColumn::Kind::time},
    UserColumn{"registration", UserColumn::Kind::time},
    UserColumn{"accessedAt", UserColumn::Kind::time},
    UserColumn{"passwordUpdate", UserColumn::Kind::time},
    UserColumn{"hash"},
    UserColumn{"password"},
    UserColumn{"passwordVersion"},
    UserColumn{"passwordSalt"},
    UserColumn{"passwordSaltSeparator"},
    UserColumn{"passwordSignerKey"},
    UserColumn{"passwordCpu", UserColumn::Kind::number},
    UserColumn{"passwordMemory", UserColumn::Kind::number},
    UserColumn{"passwordParallel", UserColumn::Kind::number},
    UserColumn{"passwordLength", UserColumn::Kind::number},
};
/// The columns before this one do not concern the password's hash.
inline constexpr std::string_view first_hash_column = "passwordUpdate";

/// Null for any other name.
[[nodiscard]] const UserColumn* find_column(std::string_view name) noexcept;

/// The value of a cell that is not empty, also as a spreadsheet program has saved it; a text that cannot be read as the
/// column's type stays text, for the rules to refuse. Labels are separated by spaces, preferences are JSON. Empty for
/// an ambiguous time.
[[nodiscard]] std::optional<json::Value> from_cell(const UserColumn& column, std::string_view cell);
/// The inverse, safe for spreadsheet programs and quoted where RFC 4180 requires it.
[[nodiscard]] std::string to_cell(const json::Value& value);

}  // namespace portcullis::transfer
