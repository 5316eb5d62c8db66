#pragma once
// A real LMDB store in a temporary folder, and records to fill it with.

#include <boost/test/unit_test.hpp>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/identity.hpp"
#include "core/project.hpp"
#include "core/session.hpp"
#include "core/team.hpp"
#include "core/token.hpp"
#include "core/user.hpp"
#include "storage/codec.hpp"
#include "storage/lmdb/lmdb_engine.hpp"
#include "tests/support/run.hpp"
#include "tests/support/temporary_folder.hpp"

namespace portcullis {

inline std::ostream& boost_test_print_type(std::ostream& out, errc code) {
  return out << "errc " << static_cast<unsigned>(code);
}

namespace storage {

using test::TemporaryFolder;

/// A small map suffices and keeps folders cheap.
LmdbOptions options_for(const std::filesystem::path& folder);

/// Puts and erasures without a question.
EngineChange writes(std::vector<Put> puts, std::vector<std::string> erasures = {});
/// Refused when the key is there; puts it otherwise.
EngineChange puts_when_absent(std::string key, std::string value);
/// Adds one to the decimal number under the key.
EngineChange increments(std::string key);

std::optional<std::string> value_of(Engine& engine, const std::string& key);
result<void> submit_now(Engine& engine, EngineChange change);

/// Submits all of them while the writer is held, so that they become one batch; answers in the same order.
std::vector<result<void>> submit_together(Engine& engine, std::vector<EngineChange> changes);

// Records with every field set to something of its own.
User sample_user(std::string id, std::uint64_t sequence, std::string email);
Credential sample_credential();
Target sample_target(const User& user, std::string id);
Session sample_session(std::string user_id, std::string selector, std::uint64_t sequence);
Token sample_token(std::string user_id, std::string id);
Identity sample_identity(std::string user_id, std::string id, std::uint64_t sequence);
Project sample_project(std::string id, std::uint32_t number);
ApiKey sample_api_key(std::string id);
Platform sample_platform(std::string id);
MockPhone sample_mock_phone(std::string number);
Team sample_team(std::string id, std::uint64_t total);
Membership sample_membership(std::string user_id, std::string team_id, std::string id);

/// A project with one API key and `users` users who have a target, two sessions, a token and an identity each:
/// consistent in every index.
void fill(Engine& engine, std::uint32_t users);

}  // namespace storage
}  // namespace portcullis
