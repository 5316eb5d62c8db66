#pragma once
// A password hash made by another product, as an import names it: kind, text, and the parameters that the kind needs.
// Source: docs/contract/users.md 4. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/json/writer.hpp"
#include "core/random.hpp"
#include "core/user.hpp"

namespace portcullis {

/// The `hashOptions` of answers when the stored options do not describe the hash: Argon2's defaults. Source:
/// docs/contract/account.md 10.
inline constexpr std::string_view default_hash_options =
    R"({"type":"argon2","memory_cost":65536,"time_cost":4,"threads":3})";

/// Parameters that the hash's text does not contain; each kind reads its own members.
struct HashDetails {
  std::string sha_version = "sha256";
  std::string salt, separator, signer_key;
  std::int64_t cpu = 0, memory = 0, parallel = 0, length = 0;
};

/// The stored form; `kind` is one of the wire's names (argon2, bcrypt, md5, sha, phpass, scrypt, scryptMod). Whether
/// the hash can be verified is decided by Hasher::may_import.
[[nodiscard]] PasswordHash imported_hash(std::string_view kind, std::string text, const HashDetails& details,
                                         Random& random);

/// `hashOptions` of answers: the stored options (JSON), with Argon2's members under both of their spellings, and null
/// for members by which typed SDKs would mistake the kind.
[[nodiscard]] std::string shown_hash_options(std::string_view kind, std::string_view stored);

/// Is it a name that imported_hash() accepts?
[[nodiscard]] bool is_hash_kind(std::string_view kind) noexcept;

/// The inverse: the members `passwordVersion`, `passwordSalt` and so on with which the stored hash can be imported.
void write_hash_details(json::Writer& out, const PasswordHash& stored);

}  // namespace portcullis
