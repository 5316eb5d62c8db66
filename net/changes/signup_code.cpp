#include "net/changes/signup_code.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/counters.hpp"
#include "storage/keys.hpp"

namespace portcullis::changes {

Change<bool> put_signup_code(ProjectNo console, std::string hash, FormerCode former) {
  storage::Reads reads;
  reads.keys = {storage::keys::counters(console), storage::keys::signup_code()};
  auto decide = [names = reads.keys, hash = std::move(hash),
                 former](const storage::View& view) -> result<storage::Decision<bool>> {
    const result<storage::Counters> counters = storage::read_counters(names[0], view.values[0]);
    if (!counters) return counters.error();
    if (counters->users > 0) return errc::user_console_count_exceeded;
    storage::Decision<bool> decision;
    if (view.values[1] && former == FormerCode::stays) return decision;
    decision.edits.put.push_back(storage::codec::put_text(names[1], hash));
    decision.value = true;
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

}  // namespace portcullis::changes
