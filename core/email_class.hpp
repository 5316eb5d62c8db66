#pragma once
// What an e-mail address says about itself: canonical form, free or disposable provider. Source:
// docs/contract/account.md 5.8. Pure; any thread. The two domain lists here are short ones of the best known providers
// (docs/security.md says so).

#include <string>
#include <string_view>

namespace portcullis {

struct EmailClass {
  std::string canonical;
  bool is_canonical = false;
  bool is_free = false;
  bool is_disposable = false;
  bool is_corporate = false;
};

/// Expects an address that passed validators::is_email.
[[nodiscard]] EmailClass classify_email(std::string_view email);

}  // namespace portcullis
