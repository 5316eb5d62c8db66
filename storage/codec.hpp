#pragma once
// Records <-> bytes: format version, fields, XXH3-64 over key and value (docs/storage.md). Decoders take foreign bytes:
// every length is checked, errors are errc::record_corrupt, nothing is guessed. Pure; any thread.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/project.hpp"
#include "core/session.hpp"
#include "core/user.hpp"
#include "storage/engine.hpp"

namespace portcullis::storage::codec {

inline constexpr std::uint32_t store_format = 1;

struct Meta {
  std::uint32_t format = store_format;
  std::uint32_t next_project = 1;
};
struct Counters {
  std::uint64_t users = 0;
  std::uint64_t next_sequence = 1;
};
struct TargetRef {
  std::string user_id;
  std::string target_id;
};

// put(key, record): the row ready for Edits. The record's checksum covers the key.
[[nodiscard]] Put put(std::string key, const Meta& v);
[[nodiscard]] Put put(std::string key, const Counters& v);
[[nodiscard]] Put put(std::string key, const Project& v);
[[nodiscard]] Put put(std::string key, const ApiKey& v);
[[nodiscard]] Put put(std::string key, const User& v);
[[nodiscard]] Put put(std::string key, const Credential& v);
[[nodiscard]] Put put(std::string key, const Target& v);
[[nodiscard]] Put put(std::string key, const Session& v);
[[nodiscard]] Put put_time(std::string key, Time v);              ///< accessed
[[nodiscard]] Put put_text(std::string key, std::string_view v);  ///< prefs (JSON), user ids of indexes, saved limits
[[nodiscard]] Put put(std::string key, const TargetRef& v);       ///< identifier index

/// The same as user(), target(), session() and text() below, into place and with texts that lie in the row's
/// value: a session check copies none. False: corrupt, and the record is then unspecified.
[[nodiscard]] bool borrow_from(const Row& row, BorrowedUser& out);
[[nodiscard]] bool borrow_from(const Row& row, BorrowedTarget& out);
[[nodiscard]] bool borrow_from(const Row& row, BorrowedSession& out);
[[nodiscard]] bool borrow_from(const Row& row, std::string_view& out);

[[nodiscard]] result<Meta> meta(const Row& row);
[[nodiscard]] result<Counters> counters(const Row& row);
[[nodiscard]] result<Project> project(const Row& row);
[[nodiscard]] result<ApiKey> api_key(const Row& row);
[[nodiscard]] result<User> user(const Row& row);
[[nodiscard]] result<Credential> credential(const Row& row);
[[nodiscard]] result<Target> target(const Row& row);
[[nodiscard]] result<Session> session(const Row& row);
[[nodiscard]] result<Time> time(const Row& row);
[[nodiscard]] result<std::string> text(const Row& row);
[[nodiscard]] result<TargetRef> target_ref(const Row& row);

}  // namespace portcullis::storage::codec
