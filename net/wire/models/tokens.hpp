#pragma once
// Tokens and JWTs in answers. Source: docs/contract/account.md 8. Pure; any thread.

#include <string>
#include <string_view>

#include "core/token.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

[[nodiscard]] std::string jwt(std::string_view token);
/// `secret` is shown to privileged viewers.
[[nodiscard]] std::string token(const Token& token, std::string_view secret, const Viewer& viewer);

}  // namespace portcullis::models
