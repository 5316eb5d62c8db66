#include "storage/projects.hpp"

#include "core/project.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string project(std::string_view project_id) { return text_key(system_space, kind_project, project_id); }
Range projects(std::uint32_t limit) { return kind_range(system_space, kind_project, limit); }

std::string removed_project(ProjectNo p) {
  std::string key = start(system_space, kind_removed);
  append_big_endian(key, static_cast<std::uint32_t>(p));
  return key;
}

Range removed_projects(std::uint32_t limit) { return kind_range(system_space, kind_removed, limit); }

Range whole_project(ProjectNo p, std::uint32_t limit) {
  std::string first;
  append_big_endian(first, static_cast<std::uint32_t>(p));
  std::string last = beyond(first);
  return {std::move(first), std::move(last), limit};
}

std::string pings(ProjectNo p) { return start(p, kind_pings); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

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

template <class Io, Of<Pings> V>
void fields(Io& io, V& v) {
  io(v.count, v.last);
}

template <>
inline constexpr char record_version<Project> = '\3';
template Put put(std::string, const Project&);
template result<Project> read(const Row&);
template Put put(std::string, const RemovedProject&);
template result<RemovedProject> read(const Row&);
template Put put(std::string, const Pings&);
template result<Pings> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

result<std::vector<Project>> Store::all_projects_now() {
  return all_of<Project>(engine_, keys::projects(page_rows), codec::read<Project>);
}

}  // namespace portcullis::storage
