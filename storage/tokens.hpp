#pragma once
// Tokens of a user out of their rows, for decide(): typed values out of a view. Pure; any thread.

#include <vector>

#include "core/error.hpp"
#include "core/token.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// Oldest first. Errors: record_corrupt.
[[nodiscard]] result<std::vector<Token>> decode_tokens(const std::vector<Row>& rows);

}  // namespace portcullis::storage
