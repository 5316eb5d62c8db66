#include "storage/sessions.hpp"

#include <algorithm>
#include <limits>
#include <utility>

#include "core/session.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string session(ProjectNo p, std::string_view user_id, std::string_view selector) {
  return user_key(p, user_id, UserRow::session, selector);
}

Range user_sessions(ProjectNo p, std::string_view user_id) {
  Range range = rows_range(p, user_id, UserRow::session, UserRow::session);
  range.limit = std::numeric_limits<std::uint32_t>::max();
  return range;
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

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

template Put put(std::string, const Session&);
template result<Session> read(const Row&);
template bool borrow_from(const Row&, BorrowedSession&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

result<std::vector<Session>> live_sessions(const std::vector<Row>& rows, Time now) {
  std::vector<Session> sessions;
  sessions.reserve(rows.size());
  for (const Row& row : rows) {
    result<Session> session = codec::read<Session>(row);
    if (!session) return session.error();
    if (is_live(*session, now)) sessions.push_back(std::move(*session));
  }
  const auto older = [](const Session& a, const Session& b) { return a.sequence < b.sequence; };
  std::sort(sessions.begin(), sessions.end(), older);
  return sessions;
}

void erase_expired(Edits& edits, const std::vector<Row>& rows, Time now) {
  for (const Row& row : rows) {
    BorrowedSession session;
    if (codec::borrow_from(row, session) && !is_live(session, now)) edits.erase.emplace_back(row.key);
  }
}

awaitable<result<std::vector<Session>>> Store::sessions(ProjectNo p, std::string user_id, Time now) {
  Reads reads;
  reads.ranges.push_back(keys::user_sessions(p, user_id));
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  co_return live_sessions(rows->view().ranges[0], now);
}

}  // namespace portcullis::storage
