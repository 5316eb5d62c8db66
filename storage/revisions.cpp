#include "storage/revisions.hpp"

#include <xxhash.h>

#include "storage/keys.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {

// Every row of a user begins with the same bytes, up to the end of the id.
Revisions::Slot Revisions::slot(ProjectNo p, std::string_view user_id) {
  const std::string key = keys::user(p, user_id);
  return static_cast<Slot>(XXH3_64bits(key.data(), key.size() - 1) % slots);
}

std::optional<Revisions::Slot> Revisions::slot_of(std::string_view key) noexcept {
  const std::optional<keys::Parsed> parsed = keys::parse(key);
  if (!parsed || parsed->kind != keys::kind_user) return std::nullopt;
  const auto size = static_cast<std::size_t>(parsed->text.data() + parsed->text.size() + 1 - key.data());
  return static_cast<Slot>(XXH3_64bits(key.data(), size) % slots);
}

}  // namespace portcullis::storage
