#pragma once
// What runs inside a commit for the code of the first administrator. Rules as in users.hpp; what a code is:
// net/actions/signup_code.hpp.

#include <cstdint>
#include <string>

#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// What becomes of a code that is stored already.
enum class FormerCode : std::uint8_t { stays, is_replaced };
/// Stores the code's hash unless the console has a user; answers whether it did. Errors: user_console_count_exceeded.
[[nodiscard]] Change<bool> put_signup_code(ProjectNo console, std::string hash, FormerCode former);

}  // namespace portcullis::changes
