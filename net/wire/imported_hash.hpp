#pragma once
// A password's hash that another product made, as an import names it: its kind, its text and what the kind needs beside
// it. Source: docs/contract/users.md 4. Any thread.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/json/writer.hpp"
#include "core/random.hpp"
#include "core/user.hpp"

namespace portcullis {

/// What the wire shows as `hashOptions` where they say nothing of the hash: Argon2's defaults there. Source:
/// docs/contract/account.md 10.
inline constexpr std::string_view default_hash_options =
    R"({"type":"argon2","memory_cost":65536,"time_cost":4,"threads":3})";

/// What a hash's text does not say itself; each kind reads its own members.
struct HashDetails {
  std::string sha_version = "sha256";
  std::string salt, separator, signer_key;
  std::int64_t cpu = 0, memory = 0, parallel = 0, length = 0;
};

/// As it is stored; `kind` is one of the wire's names (argon2, bcrypt, md5, sha, phpass, scrypt, scryptMod). Whether it
/// can be verified is Hasher::may_import's to say.
[[nodiscard]] PasswordHash imported_hash(std::string_view kind, std::string text, const HashDetails& details,
                                         Random& random);

/// `hashOptions` as the wire shows them: as they are stored (JSON), with Argon2's members under both of their
/// spellings, and null for members by which typed SDKs would take them for another kind's.
[[nodiscard]] std::string shown_hash_options(std::string_view kind, std::string_view stored);

/// Is it a name that imported_hash() knows?
[[nodiscard]] bool is_hash_kind(std::string_view kind) noexcept;

/// The other way: the members `passwordVersion`, `passwordSalt` and so on that an import of the stored hash takes.
void write_hash_details(json::Writer& out, const PasswordHash& stored);

}  // namespace portcullis
