#include "storage/outbox.hpp"

#include "storage/codec_layout.hpp"
#include "storage/keys.hpp"
#include "storage/outbox_keys.hpp"

namespace portcullis::storage::codec {

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

template Put put(std::string, const OutboxCounters&);
template Put put(std::string, const OutboxMessage&);
template result<OutboxCounters> read(const Row&);
template result<OutboxMessage> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage::outbox {
namespace {

result<OutboxCounters> counters_of(const std::optional<std::string_view>& value) {
  if (!value) return OutboxCounters{};
  return codec::read<OutboxCounters>(Row{keys::outbox_counters(), *value});
}

std::string due_entry(const OutboxMessage& message) {
  return keys::outbox_due(keys::outbox_host(message.host), message.due_at, message.id);
}

void put_record(Edits& edits, const OutboxMessage& message) {
  edits.put.push_back(codec::put(keys::outbox_message(message.id), message));
}

/// Takes it out of what waits, with the entry and what was to be sent.
void end(Edits& edits, OutboxCounters& counters, OutboxMessage& message, MessageState state, Time goes_at) {
  edits.erase.push_back(due_entry(message));
  message.state = state;
  message.due_at = goes_at;
  message.sealed.clear();
  message.needs.clear();
  put_record(edits, message);
  edits.put.push_back(codec::put_mark(keys::outbox_ended(goes_at, message.id)));
  if (counters.due > 0) --counters.due;
  ++counters.ended;
}

void move(Edits& edits, OutboxMessage& message, Time due_at) {
  std::string former = due_entry(message);
  message.due_at = due_at;
  std::string entry = due_entry(message);
  if (entry != former) edits.erase.push_back(std::move(former));
  put_record(edits, message);
  edits.put.push_back(codec::put_mark(std::move(entry)));
}

void apply(Edits& edits, OutboxCounters& counters, OutboxMessage& message, const Settlement& settled) {
  message.outcome = settled.outcome;
  if (settled.tried && settled.state != MessageState::sent) ++message.attempts;
  if (settled.state == MessageState::due) return move(edits, message, settled.at);
  end(edits, counters, message, settled.state, settled.at);
}

/// Reads the record of a message that is due, lets `edit` make of it what it will, and stores the counters.
template <class Edit>
Change<OutboxMessage> change_due(const std::string& id, Edit edit) {
  Reads reads{{keys::outbox_counters(), keys::outbox_message(id)}, {}};
  auto decide = [edit = std::move(edit), key = reads.keys[1]](const View& view) -> result<Decision<OutboxMessage>> {
    if (!view.values[1]) return errc::outbox_message_not_found;
    result<OutboxMessage> message = codec::read<OutboxMessage>(Row{key, *view.values[1]});
    if (!message) return message.error();
    if (message->state != MessageState::due) return errc::outbox_message_not_found;
    result<OutboxCounters> counters = counters_of(view.values[0]);
    if (!counters) return counters.error();
    Decision<OutboxMessage> decision;
    edit(decision.edits, *counters, *message);
    decision.edits.put.push_back(codec::put(keys::outbox_counters(), *counters));
    decision.value = std::move(*message);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

HostDue host_of(std::string_view key) {
  const std::optional<keys::OutboxEntry> entry = keys::outbox_entry(key);
  if (!entry) return {};
  return {std::string(entry->host_mark), entry->at};
}

/// Answers for each of them whether every row that it needs is there.
result<void> look_for_needs(Engine& engine, std::vector<DueMessage>& messages) {
  Reads reads;
  for (const DueMessage& each : messages)
    reads.keys.insert(reads.keys.end(), each.message.needs.begin(), each.message.needs.end());
  if (reads.keys.empty()) return {};
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  std::size_t at = 0;
  for (DueMessage& each : messages)
    for (std::size_t i = 0; i < each.message.needs.size(); ++i)
      each.wanted = rows->view().values[at++].has_value() && each.wanted;
  return {};
}

}  // namespace

std::size_t declare(Reads& reads) {
  reads.keys.push_back(keys::outbox_counters());
  return reads.keys.size() - 1;
}

result<void> put(Edits& edits, const View& view, std::size_t declared, const std::vector<OutboxMessage>& messages,
                 std::uint64_t most) {
  if (messages.empty()) return {};
  result<OutboxCounters> counters = counters_of(view.values[declared]);
  if (!counters) return counters.error();
  if (counters->due + messages.size() > most) return errc::outbox_full;
  for (const OutboxMessage& message : messages) {
    put_record(edits, message);
    edits.put.push_back(codec::put_mark(due_entry(message)));
  }
  counters->due += messages.size();
  edits.put.push_back(codec::put(keys::outbox_counters(), *counters));
  return {};
}

Change<std::uint64_t> settle(std::vector<Settlement> settlements) {
  Reads reads{{keys::outbox_counters()}, {}};
  for (const Settlement& each : settlements) reads.keys.push_back(keys::outbox_message(each.id));
  auto decide = [settlements = std::move(settlements),
                 names = reads.keys](const View& view) -> result<Decision<std::uint64_t>> {
    result<OutboxCounters> counters = counters_of(view.values[0]);
    if (!counters) return counters.error();
    Decision<std::uint64_t> decision;
    for (std::size_t i = 0; i < settlements.size(); ++i) {
      const std::optional<std::string_view>& value = view.values[i + 1];
      if (!value) continue;
      result<OutboxMessage> message = codec::read<OutboxMessage>(Row{names[i + 1], *value});
      if (!message) return message.error();
      if (message->state != MessageState::due) continue;
      apply(decision.edits, *counters, *message, settlements[i]);
      ++decision.value;
    }
    if (decision.value > 0) decision.edits.put.push_back(codec::put(keys::outbox_counters(), *counters));
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<OutboxMessage> retry(std::string id, Time now, Time gives_up_at) {
  return change_due(id, [now, gives_up_at](Edits& edits, OutboxCounters&, OutboxMessage& message) {
    message.gives_up_at = gives_up_at;
    move(edits, message, now);
  });
}

Change<OutboxMessage> drop(std::string id, Time goes_at) {
  return change_due(id, [goes_at](Edits& edits, OutboxCounters& counters, OutboxMessage& message) {
    message.outcome = "dropped by a command";
    end(edits, counters, message, MessageState::dropped, goes_at);
  });
}

Change<std::uint64_t> forget(Time now, std::uint64_t most) {
  constexpr std::uint32_t piece = 256;
  Reads reads{{keys::outbox_counters()}, {keys::outbox_ended_first(piece)}};
  auto decide = [now, most](const View& view) -> result<Decision<std::uint64_t>> {
    result<OutboxCounters> counters = counters_of(view.values[0]);
    if (!counters) return counters.error();
    Decision<std::uint64_t> decision;
    for (const Row& row : view.ranges[0]) {
      const std::optional<keys::OutboxEntry> entry = keys::outbox_entry(row.key);
      if (!entry) return errc::record_corrupt;
      if (entry->at > now && counters->ended <= most) break;
      decision.edits.erase.emplace_back(row.key);
      decision.edits.erase.push_back(keys::outbox_message(entry->id));
      if (counters->ended > 0) --counters->ended;
      ++decision.value;
    }
    if (decision.value > 0) decision.edits.put.push_back(codec::put(keys::outbox_counters(), *counters));
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

result<std::vector<HostDue>> hosts_due(Engine& engine) {
  std::vector<HostDue> hosts;
  for (std::string mark;;) {
    const result<Rows> rows = engine.read_now(Reads{{}, {keys::outbox_next_host(mark)}});
    if (!rows) return rows.error();
    if (rows->view().ranges[0].empty()) return hosts;
    HostDue host = host_of(rows->view().ranges[0].front().key);
    if (host.host_mark.empty()) return errc::record_corrupt;
    mark = host.host_mark;
    hosts.push_back(std::move(host));
  }
}

result<std::optional<HostDue>> host_due_after(Engine& engine, const std::string& host_mark, Time after) {
  Range first = keys::outbox_due_by(host_mark, after, 1);
  first.first = std::move(first.last);
  first.last = keys::outbox_next_host(host_mark).first;
  const result<Rows> rows = engine.read_now(Reads{{}, {first}});
  if (!rows) return rows.error();
  if (rows->view().ranges[0].empty()) return std::optional<HostDue>{};
  return std::optional<HostDue>(host_of(rows->view().ranges[0].front().key));
}

result<std::vector<DueMessage>> due(Engine& engine, const std::string& host_mark, Time by, std::uint32_t limit) {
  const result<Rows> entries = engine.read_now(Reads{{}, {keys::outbox_due_by(host_mark, by, limit)}});
  if (!entries) return entries.error();
  Reads reads;
  for (const Row& row : entries->view().ranges[0]) {
    const std::optional<keys::OutboxEntry> entry = keys::outbox_entry(row.key);
    if (!entry) return errc::record_corrupt;
    reads.keys.push_back(keys::outbox_message(entry->id));
  }
  std::vector<DueMessage> messages;
  if (reads.keys.empty()) return messages;
  const result<Rows> rows = engine.read_now(reads);
  if (!rows) return rows.error();
  for (std::size_t i = 0; i < reads.keys.size(); ++i) {
    const std::optional<std::string_view>& value = rows->view().values[i];
    if (!value) continue;  // settled between the two reads
    result<OutboxMessage> message = codec::read<OutboxMessage>(Row{reads.keys[i], *value});
    if (!message) return message.error();
    if (message->state == MessageState::due) messages.push_back({std::move(*message)});
  }
  const result<void> looked = look_for_needs(engine, messages);
  if (!looked) return looked.error();
  return messages;
}

result<std::vector<OutboxMessage>> list(Engine& engine, std::string_view after, std::uint32_t limit) {
  const result<Rows> rows = engine.read_now(Reads{{}, {keys::outbox_messages(after, limit)}});
  if (!rows) return rows.error();
  std::vector<OutboxMessage> messages;
  for (const Row& row : rows->view().ranges[0]) {
    result<OutboxMessage> message = codec::read<OutboxMessage>(row);
    if (!message) return message.error();
    messages.push_back(std::move(*message));
  }
  return messages;
}

result<std::optional<OutboxMessage>> find(Engine& engine, std::string_view id) {
  const std::string key = keys::outbox_message(id);
  const result<Rows> rows = engine.read_now(Reads{{key}, {}});
  if (!rows) return rows.error();
  const std::optional<std::string_view>& value = rows->view().values[0];
  if (!value) return std::optional<OutboxMessage>{};
  result<OutboxMessage> message = codec::read<OutboxMessage>(Row{key, *value});
  if (!message) return message.error();
  return std::optional<OutboxMessage>(std::move(*message));
}

result<OutboxCounters> counters(Engine& engine) {
  const result<Rows> rows = engine.read_now(Reads{{keys::outbox_counters()}, {}});
  if (!rows) return rows.error();
  return counters_of(rows->view().values[0]);
}

}  // namespace portcullis::storage::outbox
