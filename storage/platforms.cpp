#include "storage/platforms.hpp"

#include "core/project.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string platform(ProjectNo p, std::string_view platform_id) { return text_key(p, kind_platform, platform_id); }
Range platforms(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_platform, limit); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<Platform> V>
void fields(Io& io, V& v) {
  io(v.id, v.created_at, v.updated_at, v.name, v.type, v.identifier);
}

template Put put(std::string, const Platform&);
template result<Platform> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

result<std::vector<Platform>> Store::all_platforms_now(ProjectNo p) {
  return all_of<Platform>(engine_, keys::platforms(p, page_rows), codec::read<Platform>);
}

}  // namespace portcullis::storage
