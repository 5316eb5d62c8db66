#pragma once
// A user as a record of a file, read into what the store takes and written from what it has. Source: docs/import.md.
// Any thread.

#include <string>

#include "core/json/value.hpp"
#include "core/json/writer.hpp"
#include "core/password/hasher.hpp"
#include "core/random.hpp"
#include "net/changes/users.hpp"
#include "storage/store.hpp"

namespace portcullis::transfer {

/// What reading needs besides the record.
struct ReadingContext {
  const ProjectSettings& settings;
  const Hasher& hasher;
  Random& random;
  Time now;
};

struct ReadUser {
  changes::NewUser user;
  std::string refusal;  ///< not empty: why it is refused, made of fixed texts only
};

/// Foreign bytes: every member is checked by the rules of the users service.
[[nodiscard]] ReadUser read_user(const json::Object& members, const ReadingContext& context);

/// One object with the members that the user has, without the hash unless `with_hash`.
void write_user(json::Writer& out, const storage::ServedUser& served, bool with_hash);

}  // namespace portcullis::transfer
