#pragma once
// Sessions of a user out of their rows, for decide(): typed values out of a view. Pure; any thread.

#include <vector>

#include "core/error.hpp"
#include "core/session.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

/// Of a user's session rows those that live at `now`, oldest first. Errors: record_corrupt.
[[nodiscard]] result<std::vector<Session>> live_sessions(const std::vector<Row>& rows, Time now);
/// Erases those of the rows that are of sessions which have expired; a damaged row stays.
void erase_expired(Edits& edits, const std::vector<Row>& rows, Time now);

}  // namespace portcullis::storage
