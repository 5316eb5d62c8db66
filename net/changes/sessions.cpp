#include "net/changes/sessions.hpp"

#include <algorithm>

#include "policies/session_policy.hpp"
#include "policies/sign_in_policy.hpp"
#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/credentials.hpp"
#include "storage/sessions.hpp"
#include "storage/users.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {

/// The position of the session with that id, or the list's size.
std::size_t position(const std::vector<Session>& sessions, const std::string& id) {
  const auto at = std::find_if(sessions.begin(), sessions.end(), [&](const Session& s) { return s.id == id; });
  return static_cast<std::size_t>(at - sessions.begin());
}

/// `counters`: the value read under keys::counters().
result<void> renew(storage::Edits& edits, ProjectNo p, const std::string& user_id, const Renewal& renewal,
                   Credential credential, const std::optional<std::string_view>& counters) {
  if (credential.hash != renewal.old_hash) return {};
  credential.hash = renewal.new_hash;
  return storage::put_changed_credential(edits, p, user_id, renewal.old_hash, credential, counters);
}

}  // namespace

result<void> put_session(storage::Edits& edits, ProjectNo p, const std::vector<Row>& rows, std::uint32_t max_sessions,
                         Session& session) {
  const Time now = session.created_at;
  const result<std::vector<Session>> open = storage::live_sessions(rows, now);
  if (!open) return open.error();
  if (open->size() < rows.size()) storage::erase_expired(edits, rows, now);
  session.sequence = open->empty() ? 1 : open->back().sequence + 1;
  for (const Session& other : *open)
    if (other.selector == session.selector) return errc::again;
  for (const std::size_t evicted : policies::sessions_to_evict(*open, max_sessions))
    edits.erase.push_back(keys::session(p, session.user_id, (*open)[evicted].selector));
  edits.put.push_back(codec::put(keys::session(p, session.user_id, session.selector), session));
  return {};
}

Change<Session> open_session(ProjectNo p, OpenSession made) {
  const std::string& id = made.session.user_id;
  storage::Reads reads{{keys::user(p, id), keys::credential(p, id)}, {keys::user_sessions(p, id)}};
  if (made.renewal) reads.keys.push_back(keys::counters(p));
  auto decide = [p, made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Session>> {
    if (!view.values[0] || !view.values[1]) return made.by_key ? errc::user_not_found : errc::user_invalid_credentials;
    const result<User> user = codec::read<User>(Row{names[0], *view.values[0]});
    if (!user) return user.error();
    const result<void> allowed = policies::may_sign_in(*user);
    if (!allowed && !made.by_key) return allowed.error();
    const result<Credential> credential = codec::read<Credential>(Row{names[1], *view.values[1]});
    if (!credential) return credential.error();
    if (made.expected_revision && credential->password_revision != *made.expected_revision) return errc::again;
    Decision<Session> decision{{}, made.session};
    const result<void> opened = put_session(decision.edits, p, view.ranges[0], made.max_sessions, decision.value);
    if (!opened) return opened.error();
    if (!made.renewal) return decision;
    const result<void> renewed = renew(decision.edits, p, user->id, *made.renewal, *credential, view.values.back());
    if (!renewed) return renewed.error();
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<Session> extend_session(ProjectNo p, std::string user_id, std::string session_id, Time now, Time expires_at) {
  storage::Reads reads{{}, {keys::user_sessions(p, user_id)}};
  auto decide = [p, session_id = std::move(session_id), now,
                 expires_at](const View& view) -> result<Decision<Session>> {
    const result<std::vector<Session>> open = storage::live_sessions(view.ranges[0], now);
    if (!open) return open.error();
    const std::size_t at = position(*open, session_id);
    if (at == open->size()) return errc::user_session_not_found;
    Decision<Session> decision{{}, (*open)[at]};
    decision.value.expires_at = expires_at;
    decision.value.updated_at = now;
    const Session& session = decision.value;
    decision.edits.put.push_back(codec::put(keys::session(p, session.user_id, session.selector), session));
    storage::erase_expired(decision.edits, view.ranges[0], now);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<Session> delete_session(ProjectNo p, std::string user_id, std::string session_id, Time now) {
  storage::Reads reads{{}, {keys::user_sessions(p, user_id)}};
  auto decide = [p, session_id = std::move(session_id), now](const View& view) -> result<Decision<Session>> {
    const result<std::vector<Session>> open = storage::live_sessions(view.ranges[0], now);
    if (!open) return open.error();
    const std::size_t at = position(*open, session_id);
    if (at == open->size()) return errc::user_session_not_found;
    Decision<Session> decision{{}, (*open)[at]};
    decision.edits.erase.push_back(keys::session(p, decision.value.user_id, decision.value.selector));
    storage::erase_expired(decision.edits, view.ranges[0], now);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<std::size_t> delete_sessions(ProjectNo p, std::string user_id, Time now) {
  storage::Reads reads{{}, {keys::user_sessions(p, user_id)}};
  auto decide = [now](const View& view) -> result<Decision<std::size_t>> {
    const result<std::vector<Session>> open = storage::live_sessions(view.ranges[0], now);
    Decision<std::size_t> decision;
    for (const Row& row : view.ranges[0]) decision.edits.erase.emplace_back(row.key);
    decision.value = open ? open->size() : view.ranges[0].size();  // damaged rows are erased, too
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace portcullis::changes
