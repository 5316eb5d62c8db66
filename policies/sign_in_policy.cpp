#include "policies/sign_in_policy.hpp"

namespace portcullis::policies {

bool has_password(const Credential& credential) noexcept { return !credential.hash.encoded.empty(); }

}  // namespace portcullis::policies
