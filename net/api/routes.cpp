#include "net/api/routes.hpp"

#include <iterator>

namespace portcullis::api {

const std::vector<Route>& routes() {
  static const std::vector<Route> all = [] {
    std::vector<Route> joined;
    for (std::vector<Route> more :
         {account_rows(),          account_credential_rows(),   account_session_rows(), sign_in_rows(),
          health_rows(),           user_creation_rows(),        user_list_rows(),       user_rows(),
          user_session_rows(),     user_target_rows(),          user_identity_rows(),   project_setting_rows(),
          project_platform_rows(), project_platform_rows_old(), project_phone_rows(),   project_key_rows(),
          project_dev_key_rows(),  project_smtp_rows(),         console_project_rows(), console_team_rows()})
      joined.insert(joined.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
    return joined;
  }();
  return all;
}

}  // namespace portcullis::api
