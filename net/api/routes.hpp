#pragma once
// THE list of endpoints. A row says all there is to say about one, and stands beside what runs for it.

#include <vector>

#include "net/pipeline/route.hpp"

namespace portcullis::api {

/// Built on first use; lives as long as the program.
[[nodiscard]] const std::vector<Route>& routes();

// The parts, each beside its handlers.
[[nodiscard]] std::vector<Route> account_rows();               ///< account/account.cpp
[[nodiscard]] std::vector<Route> account_credential_rows();    ///< account/credentials.cpp
[[nodiscard]] std::vector<Route> account_session_rows();       ///< account/sessions.cpp
[[nodiscard]] std::vector<Route> sign_in_rows();               ///< account/sign_in.cpp
[[nodiscard]] std::vector<Route> health_rows();                ///< health/health.cpp
[[nodiscard]] std::vector<Route> user_creation_rows();         ///< users/create.cpp
[[nodiscard]] std::vector<Route> user_list_rows();             ///< users/list.cpp
[[nodiscard]] std::vector<Route> user_rows();                  ///< users/one.cpp
[[nodiscard]] std::vector<Route> user_session_rows();          ///< users/sessions.cpp
[[nodiscard]] std::vector<Route> user_target_rows();           ///< users/targets.cpp
[[nodiscard]] std::vector<Route> user_identity_rows();         ///< users/identities.cpp
[[nodiscard]] std::vector<Route> project_setting_rows();       ///< project/settings.cpp
[[nodiscard]] std::vector<Route> project_platform_rows();      ///< project/platforms.cpp
[[nodiscard]] std::vector<Route> project_platform_rows_old();  ///< project/platforms_old.cpp
[[nodiscard]] std::vector<Route> project_phone_rows();         ///< project/phones.cpp
[[nodiscard]] std::vector<Route> project_key_rows();           ///< project/keys.cpp
[[nodiscard]] std::vector<Route> project_dev_key_rows();       ///< project/dev_keys.cpp
[[nodiscard]] std::vector<Route> project_smtp_rows();          ///< project/smtp.cpp
[[nodiscard]] std::vector<Route> console_project_rows();       ///< console/projects.cpp
[[nodiscard]] std::vector<Route> console_team_rows();          ///< console/teams.cpp

}  // namespace portcullis::api
