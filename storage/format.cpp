#include "storage/format.hpp"

#include "storage/codec_layout.hpp"

namespace portcullis::storage::codec {

template <class Io, Of<Meta> V>
void fields(Io& io, V& v) {
  io(v.format, v.next_project);
}

template Put put(std::string, const Meta&);
template result<Meta> read(const Row&);

}  // namespace portcullis::storage::codec
