#pragma once
// The code that the first administrator shows to sign up over HTTP: drawn when the server first starts or when a
// command asks, told to the operator once, and stored as a SHA-256 only. The commit that uses it takes it away.

#include <string>
#include <string_view>

#include "core/random.hpp"
#include "core/secret.hpp"
#include "storage/store.hpp"

namespace portcullis {

/// Where a client puts the code; `signupCode` in the body is as good.
inline constexpr std::string_view signup_code_header = "X-Portcullis-Signup-Code";

/// 32 hexadecimal digits.
[[nodiscard]] Secret new_signup_code(Random& random);
/// What is stored of a code, however it was copied: blanks around it and the case of its digits say nothing.
[[nodiscard]] std::string signup_code_hash(std::string_view code);

/// Whether a code that is not used yet is stored.
[[nodiscard]] awaitable<result<bool>> awaits_signup_code(storage::Engine& engine);
/// Whether that is the one stored; false when none is.
[[nodiscard]] awaitable<result<bool>> is_signup_code(storage::Engine& engine, std::string hash);

}  // namespace portcullis
