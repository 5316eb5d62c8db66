#pragma once
// Peppers: secrets outside the store that are part of every hash (RFC 9106 `K`), so that a stolen store alone does not
// allow guessing. Hashes name their pepper by its id (PHC `keyid`), so that a pepper can be changed: new hashes use the
// last one of the file, old ones are hashed again at the next sign-in. Immutable; any thread.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "core/secret.hpp"

namespace portcullis {

struct Pepper {
  std::string id;  ///< 1 to 8 letters, digits, `-` or `_`
  Secret secret;   ///< 16 to 64 bytes
};

class Peppers {
 public:
  Peppers() = default;
  /// Lines `ID BASE64`; empty ones and those that begin with `#` are skipped. Throws std::runtime_error with a sentence
  /// that names the line, never the secret; also for a file without a pepper.
  [[nodiscard]] static Peppers parse(std::string_view text);
  [[nodiscard]] static Peppers read(const std::filesystem::path& file);

  /// The pepper of new hashes; null = none.
  [[nodiscard]] const Pepper* current() const noexcept { return list_.empty() ? nullptr : &list_.back(); }
  [[nodiscard]] const Pepper* find(std::string_view id) const noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return list_.size(); }

 private:
  std::vector<Pepper> list_;
};

}  // namespace portcullis
