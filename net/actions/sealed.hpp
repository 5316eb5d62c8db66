#pragma once
// Secrets of records, as they were before they were sealed for their row.

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/crypto/seal.hpp"
#include "core/error.hpp"

namespace portcullis {

/// Empty when nothing was sealed. Errors: record_corrupt when it cannot be unsealed.
[[nodiscard]] inline result<Secret> unseal(const crypto::Sealer& sealer, std::string_view sealed,
                                           const std::string& row_key) {
  if (sealed.empty()) return Secret();
  std::optional<Secret> secret = sealer.open(sealed, row_key);
  if (!secret) return errc::record_corrupt;
  return std::move(*secret);
}

}  // namespace portcullis
