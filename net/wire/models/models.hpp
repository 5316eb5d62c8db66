#pragma once
// Answer models as declared field lists: name, type, since which format, who sees it; one writer for all. Sensitive
// fields are blanked here and nowhere else. Source: docs/contract/account.md 8. Pure; any thread.

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/json/writer.hpp"
#include "core/session.hpp"
#include "core/token.hpp"
#include "net/wire/formats.hpp"
#include "storage/store.hpp"

namespace portcullis::models {

/// Who looks, and in which response format.
struct Viewer {
  bool privileged = false;  ///< API keys and administrators see secrets
  std::uint32_t format = current_format;
};

enum class Sees : std::uint8_t { everyone, privileged };

template <class T>
struct Field {
  const char* name;
  const char* schema;  ///< JSON Schema of the value, for OpenAPI
  void (*write)(json::Writer&, const T&, const Viewer&);
  std::uint32_t since = 0;          ///< left out of older response formats
  Sees sees = Sees::everyone;       ///< others get ""
  bool (*has)(const T&) = nullptr;  ///< left out where it answers false
  std::uint32_t until = ~0U;        ///< left out of this response format and newer ones
};

/// A model as OpenAPI needs it.
struct Shape {
  const char* name;
  std::vector<std::pair<const char*, const char*>> fields;  ///< name, schema
};
[[nodiscard]] const std::vector<Shape>& shapes();

/// A session as its model shows it; references outlive the call.
struct SessionView {
  const Session& session;
  bool current = false;
  std::string_view country_name;  ///< "" on updates
  std::string_view secret;        ///< the encoded text, shown to privileged viewers
};

/// `impersonator_id` = the user who looks at this account as if it were theirs; empty = nobody.
[[nodiscard]] std::string user(const storage::Profile& profile, const Viewer& viewer,
                               std::string_view impersonator_id = {});
/// As the users service shows it: with `password`, `hash` and `hashOptions` for privileged viewers.
[[nodiscard]] std::string served_user(const storage::ServedUser& served, const Viewer& viewer);
[[nodiscard]] std::string session(const SessionView& view, const Viewer& viewer);
/// `current_id` is the caller's session, empty when there is none.
[[nodiscard]] std::string session_list(const std::vector<Session>& sessions, std::size_t total,
                                       std::string_view current_id, const Viewer& viewer);
[[nodiscard]] std::string target(const BorrowedTarget& target, const Viewer& viewer);
[[nodiscard]] std::string target_list(const std::vector<Target>& targets, std::size_t total, const Viewer& viewer);
[[nodiscard]] std::string jwt(std::string_view token);
/// `secret` is shown to privileged viewers.
[[nodiscard]] std::string token(const Token& token, std::string_view secret, const Viewer& viewer);

/// `access_token` and `refresh_token` unsealed.
struct IdentityView {
  const Identity& identity;
  std::string_view access_token, refresh_token;
};
[[nodiscard]] std::string identity(const IdentityView& view, const Viewer& viewer);

/// Name of a country code in the answer's language.
[[nodiscard]] std::string_view country_name(std::string_view code);

}  // namespace portcullis::models
