#include "storage/targets.hpp"

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"

namespace portcullis::storage::keys {

std::string identifier_index(ProjectNo p, std::string_view identifier) {
  return text_key(p, kind_identifier, identifier);
}

Range identifiers(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_identifier, limit); }
std::string target_index(ProjectNo p, std::string_view target_id) { return text_key(p, kind_target, target_id); }
Range target_ids(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_target, limit); }

std::string target(ProjectNo p, std::string_view user_id, std::string_view target_id) {
  return user_key(p, user_id, UserRow::target, target_id);
}

Range user_targets(ProjectNo p, std::string_view user_id) {
  return rows_range(p, user_id, UserRow::target, UserRow::target);
}

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<TargetRef> V>
void fields(Io& io, V& v) {
  io(v.user_id, v.target_id);
}

template <class Io, OfAny<BasicTarget> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.user_id, v.name, v.provider_id, v.provider_type, v.identifier, v.session_id,
     v.expired);
}

template Put put(std::string, const TargetRef&);
template result<TargetRef> read(const Row&);
template Put put(std::string, const Target&);
template result<Target> read(const Row&);
template bool borrow_from(const Row&, BorrowedTarget&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

void put_target(Edits& edits, ProjectNo p, const Target& target) {
  edits.put.push_back(codec::put(keys::target(p, target.user_id, target.id), target));
  const TargetRef ref{target.user_id, target.id};
  edits.put.push_back(codec::put(keys::identifier_index(p, target.identifier), ref));
  edits.put.push_back(codec::put(keys::target_index(p, target.id), ref));
}

void erase_target(Edits& edits, ProjectNo p, const Target& target) {
  edits.erase.push_back(keys::target(p, target.user_id, target.id));
  edits.erase.push_back(keys::identifier_index(p, target.identifier));
  edits.erase.push_back(keys::target_index(p, target.id));
}

}  // namespace portcullis::storage
