#include "net/changes/mock_phones.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

Change<MockPhone> create_mock_phone(ProjectNo p, MockPhone made) {
  storage::Reads reads{{keys::mock_phone(p, made.number)}, {keys::mock_phones(p, keys::mock_phones_limit)}};
  auto decide = [made = std::move(made), key = reads.keys[0]](const View& view) -> result<Decision<MockPhone>> {
    if (view.values[0]) return errc::mock_number_already_exists;
    if (view.ranges[0].size() >= keys::mock_phones_limit) return errc::mock_number_limit_exceeded;
    Decision<MockPhone> decision;
    decision.edits.put.push_back(codec::put(key, made));
    decision.value = made;
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<MockPhone> update_mock_phone(ProjectNo p, std::string number, Time now, std::string sealed_code) {
  storage::Reads reads{{keys::mock_phone(p, number)}, {}};
  auto decide = [now, sealed = std::move(sealed_code),
                 key = reads.keys[0]](const View& view) -> result<Decision<MockPhone>> {
    if (!view.values[0]) return errc::mock_number_not_found;
    result<MockPhone> phone = codec::mock_phone(Row{key, *view.values[0]});
    if (!phone) return phone.error();
    phone->sealed_code = sealed;
    phone->updated_at = now;
    Decision<MockPhone> decision;
    decision.edits.put.push_back(codec::put(key, *phone));
    decision.value = std::move(*phone);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<bool> delete_mock_phone(ProjectNo p, std::string number) {
  storage::Reads reads{{keys::mock_phone(p, number)}, {}};
  auto decide = [key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    if (!view.values[0]) return errc::mock_number_not_found;
    Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(key);
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace portcullis::changes
