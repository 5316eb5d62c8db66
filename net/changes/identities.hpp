#pragma once
// What runs inside a commit for identities. Rules as in users.hpp.

#include <string>

#include "core/identity.hpp"
#include "storage/store.hpp"

namespace portcullis::changes {

using storage::Change;

/// `sequence` is given by the commit. Errors: user_not_found, user_already_exists (an identity with that id, or the
/// provider's user has one).
[[nodiscard]] Change<Identity> create_identity(ProjectNo p, Identity made);
/// Errors: user_identity_not_found.
[[nodiscard]] Change<Identity> delete_identity(ProjectNo p, std::string user_id, std::string identity_id, Time now);

}  // namespace portcullis::changes
