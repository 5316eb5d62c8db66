#include "tests/storage/fixture.hpp"

#include <latch>
#include <stdexcept>
#include <utility>

#include "storage/api_keys.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/format.hpp"
#include "storage/identities.hpp"
#include "storage/projects.hpp"
#include "storage/sessions.hpp"
#include "storage/targets.hpp"
#include "storage/tokens.hpp"
#include "storage/users.hpp"

namespace portcullis::storage {
namespace {

awaitable<void> submit_one(Engine& engine, EngineChange change, result<void>& out) {
  out = co_await engine.submit(std::move(change));
}

}  // namespace

LmdbOptions options_for(const std::filesystem::path& folder) {
  LmdbOptions options;
  options.folder = folder;
  options.max_map_bytes = std::uint64_t{1} << 30;
  return options;
}

EngineChange writes(std::vector<Put> puts, std::vector<std::string> erasures) {
  EngineChange change;
  Edits edits{std::move(erasures), std::move(puts)};
  change.decide = [edits = std::move(edits)](const View&) -> result<Edits> { return edits; };
  return change;
}

EngineChange puts_when_absent(std::string key, std::string value) {
  EngineChange change;
  change.reads.keys.push_back(key);
  change.decide = [key = std::move(key), value = std::move(value)](const View& view) -> result<Edits> {
    if (view.values[0]) return errc::user_already_exists;
    return Edits{{}, {Put{key, value}}};
  };
  return change;
}

EngineChange increments(std::string key) {
  EngineChange change;
  change.reads.keys.push_back(key);
  change.decide = [key = std::move(key)](const View& view) -> result<Edits> {
    const int before = view.values[0] ? std::stoi(std::string(*view.values[0])) : 0;
    return Edits{{}, {Put{key, std::to_string(before + 1)}}};
  };
  return change;
}

std::optional<std::string> value_of(Engine& engine, const std::string& key) {
  const result<Rows> rows = engine.read_now(Reads{{key}, {}});
  if (!rows) throw std::runtime_error("the read failed");
  const std::optional<std::string_view>& value = rows->view().values[0];
  return value ? std::optional<std::string>(*value) : std::nullopt;
}

result<void> submit_now(Engine& engine, EngineChange change) { return test::run(engine.submit(std::move(change))); }

std::vector<result<void>> submit_together(Engine& engine, std::vector<EngineChange> changes) {
  boost::asio::io_context context(1);
  const auto finish = [](const std::exception_ptr& failure) {
    if (failure) std::rethrow_exception(failure);
  };
  std::latch begun(1);
  std::latch gate(1);
  EngineChange holds;  // keeps the writer busy until all others are queued: they become one batch
  holds.decide = [&begun, &gate](const View&) -> result<Edits> {
    begun.count_down();
    gate.wait();
    return Edits{};
  };
  result<void> held;
  boost::asio::co_spawn(context, submit_one(engine, std::move(holds), held), finish);
  context.poll();
  begun.wait();
  std::vector<result<void>> out(changes.size());
  for (std::size_t i = 0; i < changes.size(); ++i)
    boost::asio::co_spawn(context, submit_one(engine, std::move(changes[i]), out[i]), finish);
  boost::asio::post(context, [&gate] { gate.count_down(); });
  context.run();
  return out;
}

User sample_user(std::string id, std::uint64_t sequence, std::string email) {
  User user;
  user.id = std::move(id);
  user.sequence = sequence;
  user.created_at = from_millis(1'700'000'000'001);
  user.updated_at = from_millis(1'700'000'000'002);
  user.name = "N\xc3\xa4me";
  user.email = std::move(email);
  user.email_verified = true;
  user.phone_verified = true;
  user.mfa = true;
  user.impersonator = true;
  user.registered_at = from_millis(-5);
  user.password_updated_at = from_millis(1'700'000'000'003);
  user.labels = {"one", "", "three"};
  return user;
}

Credential sample_credential() {
  Credential credential;
  credential.hash = {"argon2", "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$dGFndGFndGFndGFndGFndA", "{}"};
  credential.password_revision = 300;
  credential.history = {{"bcrypt", "old", "{}"}, {"argon2", "older", R"({"a":1})"}};
  return credential;
}

Target sample_target(const User& user, std::string id) {
  Target target;
  target.id = std::move(id);
  target.created_at = user.created_at;
  target.updated_at = user.updated_at;
  target.user_id = user.id;
  target.name = "mail";
  target.provider_id = "provider";
  target.provider_type = "email";
  target.identifier = user.email;
  target.session_id = "s1";
  target.expired = true;
  return target;
}

Session sample_session(std::string user_id, std::string selector, std::uint64_t sequence) {
  Session session;
  session.id = "session-" + selector;
  session.sequence = sequence;
  session.created_at = from_millis(1'700'000'000'004);
  session.updated_at = from_millis(1'700'000'000'005);
  session.user_id = std::move(user_id);
  session.expires_at = from_millis(1'800'000'000'000);
  session.provider = "email";
  session.provider_uid = "a@example.com";
  session.factors = {"password", "email"};
  session.mfa_updated_at = from_millis(1'700'000'000'006);
  session.ip = "2001:db8::1";
  session.country_code = "--";
  session.user_agent = "agent";
  session.client = {"LIN", "GNU/Linux", "6", "browser", "FF", "Firefox", "120", "Gecko", "120.0", "desktop", "b", "m"};
  session.selector = std::move(selector);
  for (std::size_t i = 0; i < session.secret_hash.size(); ++i)
    session.secret_hash[i] = static_cast<std::uint8_t>(i * 7);
  return session;
}

Token sample_token(std::string user_id, std::string id) {
  Token token;
  token.id = std::move(id);
  token.created_at = from_millis(1'700'000'000'007);
  token.user_id = std::move(user_id);
  token.type = TokenType::generic;
  token.expires_at = from_millis(1'800'000'000'001);
  token.secret_hash.fill(0x5a);
  return token;
}

Identity sample_identity(std::string user_id, std::string id, std::uint64_t sequence) {
  Identity identity;
  identity.id = std::move(id);
  identity.sequence = sequence;
  identity.created_at = from_millis(1'700'000'000'008);
  identity.updated_at = from_millis(1'700'000'000'009);
  identity.user_id = std::move(user_id);
  identity.provider = "github";
  identity.provider_uid = "uid-" + identity.id;
  identity.provider_email = identity.id + "@provider.example.com";
  identity.sealed_access_token = std::string("\0sealed", 7);
  identity.sealed_refresh_token = "sealed too";
  identity.access_token_expires_at = from_millis(1'700'000'000'010);
  return identity;
}

Project sample_project(std::string id, std::uint32_t number) {
  Project project;
  project.number = ProjectNo{number};
  project.id = std::move(id);
  project.created_at = from_millis(1);
  project.updated_at = from_millis(2);
  project.settings.name = "Sample";
  project.settings.user_limit = 7;
  project.settings.password_strength.symbols = true;
  project.settings.web_hosts = {"*.example.com", "localhost"};
  project.sealed_root_key = std::string("\0\1\2sealed", 9);
  return project;
}

ApiKey sample_api_key(std::string id) {
  ApiKey key;
  key.id = std::move(id);
  key.created_at = from_millis(3);
  key.updated_at = from_millis(4);
  key.name = "key";
  key.expires_at = from_millis(5);
  key.scopes = {"users.read", "users.write"};
  key.sealed_secret = "sealed";
  key.secret_hash.fill(0xfe);
  return key;
}

Platform sample_platform(std::string id) {
  return Platform{std::move(id), from_millis(6), from_millis(7), "An app", "apple", "com.example.app"};
}

MockPhone sample_mock_phone(std::string number) {
  return MockPhone{std::move(number), from_millis(8), from_millis(9), "sealed", 7};
}

Team sample_team(std::string id, std::uint64_t total) {
  return Team{std::move(id), from_millis(10), from_millis(11), "A team", total, R"({"dark":true})"};
}

Membership sample_membership(std::string user_id, std::string team_id, std::string id) {
  Membership membership;
  membership.id = std::move(id);
  membership.created_at = from_millis(12);
  membership.updated_at = from_millis(13);
  membership.user_id = std::move(user_id);
  membership.team_id = std::move(team_id);
  membership.roles = {"owner", "cook"};
  membership.invited_at = from_millis(14);
  membership.joined_at = from_millis(15);
  membership.confirmed = true;
  membership.secret_hash.fill(0x5a);
  return membership;
}

void fill(Engine& engine, std::uint32_t users) {
  const ProjectNo p{1};
  std::vector<Put> puts;
  puts.push_back(codec::put(keys::meta(), Meta{store_format, 2}));
  puts.push_back(codec::put(keys::project("shop"), sample_project("shop", 1)));
  puts.push_back(codec::put(keys::api_key(p, "k1"), sample_api_key("k1")));
  Counters counters{users, users + 1, users, users + 1};
  counters.hash_classes.add(sample_credential().hash, users);
  puts.push_back(codec::put(keys::counters(p), counters));
  for (std::uint32_t i = 1; i <= users; ++i) {
    User user = sample_user("user" + std::to_string(i), i, "u" + std::to_string(i) + "@example.com");
    user.phone = "+49301234" + std::to_string(1000 + i);
    const Target target = sample_target(user, "t" + std::to_string(i));
    puts.push_back(codec::put(keys::user(p, user.id), user));
    puts.push_back(codec::put(keys::credential(p, user.id), sample_credential()));
    puts.push_back(codec::put(keys::accessed(p, user.id), from_millis(9)));
    puts.push_back(codec::put_text(keys::prefs(p, user.id), R"({"dark":true})"));
    puts.push_back(codec::put(keys::target(p, user.id, target.id), target));
    const TargetRef ref{user.id, target.id};
    puts.push_back(codec::put(keys::identifier_index(p, target.identifier), ref));
    puts.push_back(codec::put(keys::target_index(p, target.id), ref));
    for (Put& entry : user_entries(p, user)) puts.push_back(std::move(entry));
    puts.push_back(codec::put(keys::token(p, user.id, "k"), sample_token(user.id, "k")));
    Edits edits;
    put_identity(edits, p, sample_identity(user.id, "i" + std::to_string(i), i));
    for (Put& row : edits.put) puts.push_back(std::move(row));
    for (const char* selector : {"bbbb", "aaaa"}) {
      const Session session = sample_session(user.id, selector, selector[0] == 'b' ? 1 : 2);
      puts.push_back(codec::put(keys::session(p, user.id, selector), session));
    }
  }
  BOOST_REQUIRE(submit_now(engine, writes(std::move(puts))));
}

}  // namespace portcullis::storage
