#include "policies/permission_roles.hpp"

namespace portcullis::policies {

std::vector<std::string> roles_of(const User* user, bool is_key) {
  if (is_key) return {"any", "keys"};
  if (!user) return {"any", "guests"};
  const std::string self = "user:" + user->id;
  const std::string proof = user->email_verified || user->phone_verified ? "/verified" : "/unverified";
  std::vector<std::string> roles{"any", "users", self, "users" + proof, self + proof};
  roles.reserve(roles.size() + user->labels.size());
  for (const std::string& label : user->labels) roles.push_back("label:" + label);
  return roles;
}

}  // namespace portcullis::policies
