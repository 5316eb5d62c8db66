#pragma once
// Targets as changes make and store them. Pure; any thread.

#include <string>

#include "core/user.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

/// `type`: email | sms.
[[nodiscard]] Target make_target(std::string user_id, std::string id, std::string type, std::string identifier,
                                 Time now);
/// The target's row and its entry in the index of identifiers.
void put_target(storage::Edits& edits, ProjectNo p, const Target& target);

}  // namespace portcullis::changes
