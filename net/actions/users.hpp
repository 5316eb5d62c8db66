#pragma once
// Making and deleting a user, whoever asks for it. Coroutines run on the caller's executor.

#include <optional>
#include <string>

#include "net/changes/users.hpp"
#include "net/state/services.hpp"

namespace portcullis {

/// The id under which a user is stored who was asked for as `id`: a new one for `unique()`.
[[nodiscard]] std::string stored_id(std::string id, Time now, Random& random);
/// A user made now under that id, as it was asked for.
[[nodiscard]] User new_user(std::string id, Time now);

/// What a user begins with.
struct FirstPassword {
  Secret text{};                           ///< empty = none; must keep the rules of its parameter
  std::optional<PasswordHash> imported{};  ///< of another product, stored as it is; `text` is then the text it came as
  HashTicket ticket{};                     ///< for the hash of `text`
};

/// Makes the user in the project, with targets, from what `made` says of it but its password and the ids of targets.
/// Where the project asks for it, `text` is free of personal data, of which an id of `unique()` is a part as it was
/// sent. What a commit would refuse for the e-mail is refused before anything is hashed. Errors:
/// password_personal_data, server_busy, those of changes::create_user().
[[nodiscard]] awaitable<result<changes::CreatedUser>> make_user(Services& services, const LiveProject& project,
                                                                changes::NewUser made, FirstPassword password);

/// With all that is the user's, memberships included. Errors: user_not_found, those of the engine.
[[nodiscard]] awaitable<result<bool>> delete_whole_user(storage::Store& store, ProjectNo project, std::string user_id);

}  // namespace portcullis
