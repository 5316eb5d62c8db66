#pragma once
// The rows of a user's tokens: their keys, and for decide() typed values out of a view. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/token.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string token(ProjectNo p, std::string_view user_id, std::string_view token_id);
[[nodiscard]] Range user_tokens(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// Oldest first. Errors: record_corrupt.
[[nodiscard]] result<std::vector<Token>> decode_tokens(const std::vector<Row>& rows);

}  // namespace portcullis::storage
