#include "storage/format.hpp"

#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"

namespace portcullis::storage::keys {

std::string meta() { return start(system_space, kind_meta); }
std::string unicode() { return start(system_space, kind_unicode); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<Meta> V>
void fields(Io& io, V& v) {
  io(v.format, v.next_project);
}

template Put put(std::string, const Meta&);
template result<Meta> read(const Row&);

}  // namespace portcullis::storage::codec
