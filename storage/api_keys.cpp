// API keys and dev keys of a project: one record, two kinds of rows.

#include "core/project.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/keys.hpp"
#include "storage/store.hpp"

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
