#include "policies/sign_in_policy.hpp"

namespace portcullis::policies {

result<void> may_sign_in(const User& user) {
  if (!user.status) return errc::user_blocked;
  return {};
}

bool has_password(const Credential& credential) noexcept { return !credential.hash.encoded.empty(); }

}  // namespace portcullis::policies
