#include "storage/mock_phones.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "core/project.hpp"
#include "storage/all_of.hpp"
#include "storage/codec_layout.hpp"
#include "storage/key_parts.hpp"
#include "storage/store.hpp"

namespace portcullis::storage::keys {

std::string mock_phone(ProjectNo p, std::string_view number) { return text_key(p, kind_mock_phone, number); }
Range mock_phones(ProjectNo p, std::uint32_t limit) { return kind_range(p, kind_mock_phone, limit); }

}  // namespace portcullis::storage::keys

namespace portcullis::storage::codec {

template <class Io, Of<MockPhone> V>
void fields(Io& io, V& v) {
  io(v.number, v.created_at, v.updated_at, v.sealed_code);
  if (io.version() >= 2) io(v.sequence);
}

template <>
inline constexpr char record_version<MockPhone> = '\2';
template Put put(std::string, const MockPhone&);
template result<MockPhone> read(const Row&);

}  // namespace portcullis::storage::codec

namespace portcullis::storage {

awaitable<result<std::optional<MockPhone>>> Store::mock_phone(ProjectNo p, std::string number) {
  const std::string key = keys::mock_phone(p, number);
  Reads reads;
  reads.keys.push_back(key);
  const result<Rows> rows = co_await engine_.read(std::move(reads));
  if (!rows) co_return rows.error();
  const std::optional<std::string_view> value = rows->view().values[0];
  if (!value) co_return std::optional<MockPhone>{};
  result<MockPhone> phone = codec::read<MockPhone>(Row{key, *value});
  if (!phone) co_return phone.error();
  co_return std::optional<MockPhone>(std::move(*phone));
}

result<std::vector<MockPhone>> Store::all_mock_phones_now(ProjectNo p) {
  result<std::vector<MockPhone>> phones =
      all_of<MockPhone>(engine_, keys::mock_phones(p, page_rows), codec::read<MockPhone>);
  if (!phones) return phones;
  const auto earlier = [](const MockPhone& a, const MockPhone& b) {
    return std::tie(a.sequence, a.created_at, a.number) < std::tie(b.sequence, b.created_at, b.number);
  };
  std::sort(phones->begin(), phones->end(), earlier);
  return phones;
}

}  // namespace portcullis::storage
