#pragma once
// An identity: a user's account with an OAuth2 provider. A plain value.

#include <cstdint>
#include <optional>
#include <string>

#include "core/time.hpp"

namespace portcullis {

struct Identity {
  std::string id;
  std::uint64_t sequence = 0;  ///< creation order within the project
  Time created_at{};
  Time updated_at{};
  std::string user_id;
  std::string provider;                                   ///< the provider's key: google, github, ...
  std::string provider_uid;                               ///< the user's id there; one identity of a provider has it
  std::string provider_email;                             ///< normalised as a user's own; empty = none
  std::string sealed_access_token, sealed_refresh_token;  ///< sealed for the identity's row; empty = none
  std::optional<Time> access_token_expires_at;
  friend bool operator==(const Identity&, const Identity&) = default;
};

}  // namespace portcullis
