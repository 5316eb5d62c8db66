#include "storage/counters.hpp"

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string counters(ProjectNo p) { return start(p, kind_counters); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

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

template <>
inline constexpr char record_version<Counters> = '\3';
template Put put(std::string, const Counters&);
template result<Counters> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

result<Counters> read_counters(const std::string& key, const std::optional<std::string_view>& value) {
  if (!value) return Counters{};
  return codec::read<Counters>(Row{key, *value});
}

Put put_counters(ProjectNo p, const Counters& counters) { return codec::put(keys::counters(p), counters); }

awaitable<result<Counters>> Store::counters(ProjectNo p) {
  const std::string key = keys::counters(p);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  co_return read_counters(key, rows->view().values[0]);
}

}  // namespace portcullis::storage
