#include "storage/codec.hpp"

#include <xxhash.h>

#include <concepts>
#include <type_traits>
#include <utility>

#include "storage/codec_fields.hpp"

namespace portcullis::storage::codec {

// The layouts, one function each over FieldWriter (const records) or FieldReader. A new field goes to the end together
// with a new record version.

template <class V, class Record>
concept Of = std::same_as<std::remove_const_t<V>, Record>;
/// Records that own or borrow their texts.
template <class V, template <class> class Record>
concept OfAny = Of<V, Record<std::string>> || Of<V, Record<std::string_view>>;

/// A record without fields.
struct Mark {};
template <class Io, Of<Mark> V>
void fields(Io&, V&) {}

template <class Io, Of<Meta> V>
void fields(Io& io, V& v) {
  io(v.format, v.next_project);
}

template <class Io, Of<HashClass> V>
void fields(Io& io, V& v) {
  auto kind = static_cast<std::uint32_t>(v.kind);
  io(kind, v.work, v.memory, v.lanes, v.version);
  if constexpr (Io::reads) v.kind = static_cast<HashClass::Kind>(kind);
}

template <class Io, Of<HashClasses::Count> V>
void fields(Io& io, V& v) {
  io(v.of, v.users);
}

template <class Io, Of<Counters> V>
void fields(Io& io, V& v) {
  io(v.users, v.next_sequence);
  if (io.version() < 2) return;
  io(v.identities, v.next_identity);
  if (io.version() < 3) return;
  io(v.hash_classes.counted, v.hash_classes.others);
}

template <class Io, Of<OutboxCounters> V>
void fields(Io& io, V& v) {
  io(v.due, v.ended);
}

template <class Io, Of<OutboxMessage> V>
void fields(Io& io, V& v) {
  auto kind = static_cast<std::uint32_t>(v.kind);
  auto state = static_cast<std::uint32_t>(v.state);
  auto project = static_cast<std::uint32_t>(v.project);
  io(v.id, kind, state, project, v.project_id, v.purpose, v.host, v.recipient, v.created_at, v.due_at, v.gives_up_at,
     v.expires_at, v.needs, v.attempts, v.outcome, v.sealed);
  if constexpr (Io::reads) {
    v.kind = MessageKind{kind};
    v.state = MessageState{state};
    v.project = ProjectNo{project};
  }
}

template <class Io, Of<TargetRef> V>
void fields(Io& io, V& v) {
  io(v.user_id, v.target_id);
}

template <class Io, Of<IdentityRef> V>
void fields(Io& io, V& v) {
  io(v.user_id, v.identity_id);
}

template <class Io, Of<PasswordStrength> V>
void fields(Io& io, V& v) {
  io(v.min, v.uppercase, v.lowercase, v.number, v.symbols);
}

template <class Io, Of<ServiceSwitches> V>
void fields(Io& io, V& v) {
  io(v.avatars, v.databases, v.tablesdb, v.locale, v.health, v.project, v.storage, v.teams, v.users, v.vcs, v.sites,
     v.functions, v.proxy, v.graphql, v.migrations, v.messaging, v.advisor);
}

template <class Io, Of<MembershipPrivacy> V>
void fields(Io& io, V& v) {
  io(v.user_id, v.user_email, v.user_phone, v.user_name, v.user_mfa, v.user_accessed_at);
}

template <class Io, Of<MfaFactors> V>
void fields(Io& io, V& v) {
  io(v.totp, v.email, v.phone, v.custom);
}

template <class Io, Of<ProjectSettings> V>
void fields(Io& io, V& v) {
  io(v.name, v.user_limit, v.max_sessions, v.session_duration_s, v.password_history, v.password_dictionary,
     v.personal_data_check, v.password_strength, v.session_alerts, v.invalidate_sessions, v.email_password, v.magic_url,
     v.email_otp, v.anonymous, v.invites, v.jwt, v.phone, v.services.account, v.protocols.rest, v.web_hosts);
  if (io.version() < 2) return;
  io(v.services, v.protocols.graphql, v.protocols.websocket, v.membership_privacy, v.mfa_factors, v.labels);
}

template <class Io, Of<ProjectNotes> V>
void fields(Io& io, V& v) {
  io(v.description, v.logo, v.url, v.legal_name, v.legal_country, v.legal_state, v.legal_city, v.legal_address,
     v.legal_tax_id);
}

template <class Io, Of<Project> V>
void fields(Io& io, V& v) {
  auto number = static_cast<std::uint32_t>(v.number);
  io(number, v.id, v.created_at, v.updated_at, v.settings, v.sealed_root_key);
  if (io.version() >= 2) io(v.team_id);
  if (io.version() >= 3) io(v.notes);
  if constexpr (Io::reads) v.number = ProjectNo{number};
}

template <class Io, Of<RemovedProject> V>
void fields(Io& io, V& v) {
  auto number = static_cast<std::uint32_t>(v.number);
  io(number, v.id, v.removed_at, v.erased);
  if constexpr (Io::reads) v.number = ProjectNo{number};
}

template <class Io, Of<ApiKey> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.expires_at, v.scopes, v.sealed_secret, v.secret_hash);
  if (io.version() < 2) return;
  io(v.accessed_at, v.sdks);
}

template <class Io, Of<Pings> V>
void fields(Io& io, V& v) {
  io(v.count, v.last);
}

template <class Io, Of<Platform> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.type, v.identifier);
}

template <class Io, Of<MockPhone> V>
void fields(Io& io, V& v) {
  io(v.number, v.created_at, v.updated_at, v.sealed_code);
  if (io.version() >= 2) io(v.sequence);
}

template <class Io, Of<Team> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.total, v.prefs);
}

template <class Io, OfAny<BasicMembership> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.user_id, v.team_id, v.roles, v.invited_at, v.joined_at, v.confirmed,
     v.secret_hash);
}

template <class Io, OfAny<BasicUser> V>
void fields(Io& io, V& v) {
  io(v.id, v.sequence, v.created_at, v.updated_at, v.name, v.email, v.phone, v.status, v.email_verified,
     v.phone_verified, v.mfa, v.reset, v.impersonator, v.registered_at, v.password_updated_at, v.labels);
}

template <class Io, Of<PasswordHash> V>
void fields(Io& io, V& v) {
  io(v.algorithm, v.encoded, v.options);
}

template <class Io, Of<Credential> V>
void fields(Io& io, V& v) {
  io(v.hash, v.password_revision, v.history);
}

template <class Io, OfAny<BasicTarget> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.user_id, v.name, v.provider_id, v.provider_type, v.identifier, v.session_id,
     v.expired);
}

template <class Io, OfAny<BasicClientInfo> V>
void fields(Io& io, V& v) {
  io(v.os_code, v.os_name, v.os_version, v.client_type, v.client_code, v.client_name, v.client_version, v.client_engine,
     v.client_engine_version, v.device_name, v.device_brand, v.device_model);
}

template <class Io, OfAny<BasicSession> V>
void fields(Io& io, V& v) {
  io(v.id, v.sequence, v.created_at, v.updated_at, v.user_id, v.expires_at, v.provider, v.provider_uid, v.factors,
     v.mfa_updated_at, v.ip, v.country_code, v.user_agent, v.client, v.selector, v.secret_hash);
}

template <class Io, Of<Token> V>
void fields(Io& io, V& v) {
  auto type = static_cast<std::uint32_t>(v.type);
  io(v.id, v.created_at, v.user_id, type, v.expires_at, v.secret_hash);
  if constexpr (Io::reads) v.type = TokenType{type};
}

template <class Io, Of<Identity> V>
void fields(Io& io, V& v) {
  io(v.id, v.sequence, v.created_at, v.updated_at, v.user_id, v.provider, v.provider_uid, v.provider_email,
     v.sealed_access_token, v.sealed_refresh_token, v.access_token_expires_at);
}

namespace {

/// The version that is written; older ones are read, and what they lack keeps its default.
template <class Record>
constexpr char record_version = '\1';
template <>
constexpr char record_version<Project> = '\3';
template <>
constexpr char record_version<ApiKey> = '\2';
template <>
constexpr char record_version<MockPhone> = '\2';
template <>
constexpr char record_version<Counters> = '\3';
constexpr std::size_t check_bytes = 8;

/// XXH3-64 of everything before the checksum, seeded with XXH3-64 of the key: a value under another key does not pass.
std::uint64_t check_of(std::string_view key, std::string_view body) noexcept {
  return XXH3_64bits_withSeed(body.data(), body.size(), XXH3_64bits(key.data(), key.size()));
}

/// Version and fields' bytes when the checksum is right.
result<std::string_view> open(const Row& row) noexcept {
  if (row.value.size() < 1 + check_bytes) return errc::record_corrupt;
  const std::string_view body = row.value.substr(0, row.value.size() - check_bytes);
  std::uint64_t stored = 0;
  for (std::size_t i = 0; i < check_bytes; ++i)
    stored |= std::uint64_t{static_cast<std::uint8_t>(row.value[body.size() + i])} << (8 * i);
  if (stored != check_of(row.key, body)) return errc::record_corrupt;
  return body;
}

template <class Record>
Put encode(std::string key, const Record& record) {
  Put put{std::move(key), {}};
  put.value.reserve(256);
  put.value.push_back(record_version<Record>);
  FieldWriter writer(put.value, record_version<Record>);
  writer.one(record);
  const std::uint64_t check = check_of(put.key, put.value);
  for (unsigned shift = 0; shift < 64; shift += 8)
    put.value.push_back(static_cast<char>(static_cast<std::uint8_t>(check >> shift)));
  return put;
}

template <class Record>
bool decode_fields(const Row& row, Record& record) {
  const result<std::string_view> body = open(row);
  if (!body) return false;
  const char version = body->front();
  if (version < '\1' || version > record_version<Record>) return false;
  FieldReader reader(body->substr(1), version);
  reader.one(record);
  return reader.complete();
}

template <class Record>
result<Record> decode(const Row& row) {
  result<Record> record{Record{}};
  if (!decode_fields(row, *record)) return errc::record_corrupt;
  return record;
}

}  // namespace

template <class Record>
Put put(std::string key, const Record& record) {
  return encode(std::move(key), record);
}
template <class Record>
result<Record> read(const Row& row) {
  return decode<Record>(row);
}
template <class Record>
bool borrow_from(const Row& row, Record& out) {
  return decode_fields(row, out);
}

template Put put(std::string, const Meta&);
template Put put(std::string, const Counters&);
template Put put(std::string, const Project&);
template Put put(std::string, const RemovedProject&);
template Put put(std::string, const ApiKey&);
template Put put(std::string, const Pings&);
template Put put(std::string, const Platform&);
template Put put(std::string, const MockPhone&);
template Put put(std::string, const Team&);
template Put put(std::string, const Membership&);
template Put put(std::string, const User&);
template Put put(std::string, const Credential&);
template Put put(std::string, const Target&);
template Put put(std::string, const Session&);
template Put put(std::string, const Token&);
template Put put(std::string, const Identity&);
template Put put(std::string, const OutboxMessage&);
template Put put(std::string, const OutboxCounters&);
template Put put(std::string, const TargetRef&);
template Put put(std::string, const IdentityRef&);
template Put put(std::string, const Time&);
template Put put(std::string, const std::string&);

template result<Meta> read(const Row&);
template result<Counters> read(const Row&);
template result<Project> read(const Row&);
template result<RemovedProject> read(const Row&);
template result<ApiKey> read(const Row&);
template result<Pings> read(const Row&);
template result<Platform> read(const Row&);
template result<MockPhone> read(const Row&);
template result<Team> read(const Row&);
template result<Membership> read(const Row&);
template result<User> read(const Row&);
template result<Credential> read(const Row&);
template result<Target> read(const Row&);
template result<Session> read(const Row&);
template result<Token> read(const Row&);
template result<Identity> read(const Row&);
template result<OutboxMessage> read(const Row&);
template result<OutboxCounters> read(const Row&);
template result<TargetRef> read(const Row&);
template result<IdentityRef> read(const Row&);
template result<Time> read(const Row&);
template result<std::string> read(const Row&);

template bool borrow_from(const Row&, BorrowedUser&);
template bool borrow_from(const Row&, BorrowedTarget&);
template bool borrow_from(const Row&, BorrowedMembership&);
template bool borrow_from(const Row&, BorrowedSession&);
template bool borrow_from(const Row&, std::string_view&);

Put put_text(std::string key, std::string_view v) { return encode(std::move(key), std::string(v)); }
Put put_mark(std::string key) { return encode(std::move(key), Mark{}); }

result<void> mark(const Row& row) {
  const result<Mark> found = decode<Mark>(row);
  if (!found) return found.error();
  return {};
}

}  // namespace portcullis::storage::codec
