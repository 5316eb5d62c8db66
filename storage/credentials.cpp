#include "storage/credentials.hpp"

#include <string>

#include "storage/codec_layout.hpp"
#include "storage/counters.hpp"
#include "storage/key_parts.hpp"

namespace portcullis::storage::keys {

std::string credential(ProjectNo p, std::string_view user_id) { return user_key(p, user_id, UserRow::credential); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<PasswordHash> V>
void fields(Io& io, V& v) {
  io(v.algorithm, v.encoded, v.options);
}

template <class Io, Of<Credential> V>
void fields(Io& io, V& v) {
  io(v.hash, v.password_revision, v.history);
}

template Put put(std::string, const Credential&);
template result<Credential> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

void put_new_credential(Edits& edits, ProjectNo p, std::string_view user_id, const Credential& made,
                        Counters& counters) {
  edits.put.push_back(codec::put(keys::credential(p, user_id), made));
  counters.hash_classes.add(made.hash);
}

result<void> put_changed_credential(Edits& edits, ProjectNo p, std::string_view user_id, const PasswordHash& before,
                                    const Credential& after, const std::optional<std::string_view>& counters) {
  edits.put.push_back(codec::put(keys::credential(p, user_id), after));
  if (class_of(before) == class_of(after.hash)) return {};
  const std::string key = keys::counters(p);
  if (!counters) return errc::record_corrupt;  // a project that has had a user has counters
  result<Counters> counted = read_counters(key, counters);
  if (!counted) return counted.error();
  counted->hash_classes.remove(before);
  counted->hash_classes.add(after.hash);
  edits.put.push_back(put_counters(p, *counted));
  return {};
}

result<void> erase_credential(Edits& edits, const Row& row, Counters& counters) {
  const result<Credential> credential = codec::read<Credential>(row);
  if (!credential) return credential.error();
  edits.erase.emplace_back(row.key);
  counters.hash_classes.remove(credential->hash);
  return {};
}

}  // namespace portcullis::storage
