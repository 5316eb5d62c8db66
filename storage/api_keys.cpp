#include "storage/api_keys.hpp"

#include "core/project.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string api_key(ProjectNo p, std::string_view key_id) { return text_key(p, kind_api_key, key_id); }
std::string dev_key(ProjectNo p, std::string_view key_id) { return text_key(p, kind_dev_key, key_id); }

std::string key_of(ProjectNo p, KeyKind kind, std::string_view key_id) {
  return kind == KeyKind::api ? api_key(p, key_id) : dev_key(p, key_id);
}

Range dev_keys(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_dev_key, limit); }
Range api_keys(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_api_key, limit); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<ApiKey> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.expires_at, v.scopes, v.sealed_secret, v.secret_hash);
  if (io.version() < 2) return;
  io(v.accessed_at, v.sdks);
}

template <>
inline constexpr char record_version<ApiKey> = '\2';
template Put put(std::string, const ApiKey&);
template result<ApiKey> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

result<std::vector<ApiKey>> Store::all_keys_now(ProjectNo p) {
  return all_of<ApiKey>(engine_, keys::api_keys(p, page_rows), codec::read<ApiKey>);
}

result<std::vector<ApiKey>> Store::all_dev_keys_now(ProjectNo p) {
  return all_of<ApiKey>(engine_, keys::dev_keys(p, page_rows), codec::read<ApiKey>);
}

}  // namespace portcullis::storage
