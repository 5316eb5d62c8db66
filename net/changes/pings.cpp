#include "net/changes/pings.hpp"

#include "storage/codec.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {

storage::Change<bool> put_pings(ProjectNo project, Pings pings) {
  auto decide = [project, pings](const storage::View&) -> result<storage::Decision<bool>> {
    return storage::Decision<bool>{{{}, {storage::codec::put(storage::keys::pings(project), pings)}}, true};
  };
  return {{}, std::move(decide)};
}

}  // namespace portcullis::changes
