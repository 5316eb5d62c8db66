#pragma once
// Sessions in answers. Source: docs/contract/account.md 8. Pure; any thread.

#include <string>
#include <string_view>
#include <vector>

#include "core/session.hpp"
#include "net/wire/models/model.hpp"

namespace portcullis::models {

/// A session as the model takes it; references outlive the call.
struct SessionView {
  const Session& session;
  bool current = false;
  std::string_view country_name;  ///< "" on updates
  std::string_view secret;        ///< the encoded text, shown to privileged viewers
};

/// The name of a country code in the answer's language.
[[nodiscard]] std::string_view country_name(std::string_view code);

[[nodiscard]] std::string session(const SessionView& view, const Viewer& viewer);
/// `current_id` is the caller's session, empty when there is none.
[[nodiscard]] std::string session_list(const std::vector<Session>& sessions, std::size_t total,
                                       std::string_view current_id, const Viewer& viewer);

}  // namespace portcullis::models
