#pragma once
// The rows of a user's sessions: their keys, and for decide() typed values out of a view. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/ids.hpp"
#include "core/session.hpp"
#include "core/time.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage {

namespace keys {

[[nodiscard]] std::string session(ProjectNo p, std::string_view user_id, std::string_view selector);
/// Unlimited: who ends all sessions must leave none behind.
[[nodiscard]] Range user_sessions(ProjectNo p, std::string_view user_id);

}  // namespace keys

/// Of a user's session rows those that live at `now`, oldest first. Errors: record_corrupt.
[[nodiscard]] result<std::vector<Session>> live_sessions(const std::vector<Row>& rows, Time now);
/// Erases those of the rows that are of sessions which have expired; a damaged row stays.
void erase_expired(Edits& edits, const std::vector<Row>& rows, Time now);

}  // namespace portcullis::storage
