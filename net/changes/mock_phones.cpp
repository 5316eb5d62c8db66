#include "net/changes/mock_phones.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "net/changes/rows.hpp"
#include "storage/codec.hpp"
#include "storage/mock_phones.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {

/// The number after the greatest stored one; damaged rows are skipped.
std::uint64_t next_sequence(const std::vector<Row>& rows) {
  std::uint64_t next = 1;
  for (const Row& row : rows) {
    const result<MockPhone> phone = codec::read<MockPhone>(row);
    if (phone) next = std::max(next, phone->sequence + 1);
  }
  return next;
}

}  // namespace

Change<MockPhone> create_mock_phone(ProjectNo p, MockPhone made) {
  storage::Reads reads{{keys::mock_phone(p, made.number)}, {keys::mock_phones(p, keys::mock_phones_limit)}};
  auto decide = [made = std::move(made), key = reads.keys[0]](const View& view) -> result<Decision<MockPhone>> {
    if (view.values[0]) return errc::mock_number_already_exists;
    if (view.ranges[0].size() >= keys::mock_phones_limit) return errc::mock_number_limit_exceeded;
    Decision<MockPhone> decision{{}, made};
    decision.value.sequence = next_sequence(view.ranges[0]);
    decision.edits.put.push_back(codec::put(key, decision.value));
    return decision;
  };
  return {std::move(reads), std::move(decide)};
}

Change<MockPhone> update_mock_phone(ProjectNo p, std::string number, Time now, std::string sealed_code) {
  auto edit = [now, sealed = std::move(sealed_code)](MockPhone& phone) -> result<void> {
    phone.sealed_code = sealed;
    phone.updated_at = now;
    return {};
  };
  return update_row(keys::mock_phone(p, number), errc::mock_number_not_found, Snapshot::kept, codec::read<MockPhone>,
                    std::move(edit));
}

Change<bool> delete_mock_phone(ProjectNo p, std::string number) {
  return erase_row(keys::mock_phone(p, number), errc::mock_number_not_found, Snapshot::kept);
}

Change<Project> replace_mock_phones(ProjectNo p, std::string project_id, Time now, std::vector<MockPhone> made) {
  storage::Reads reads{{keys::project(project_id)}, {keys::mock_phones(p, keys::mock_phones_limit)}};
  auto decide = [p, now, made = std::move(made), key = reads.keys[0]](const View& view) -> result<Decision<Project>> {
    if (!view.values[0]) return errc::project_not_found;
    result<Project> project = codec::read<Project>(Row{key, *view.values[0]});
    if (!project) return project.error();
    if (project->number != p) return errc::project_not_found;
    project->updated_at = now;
    Decision<Project> decision;
    decision.edits.put.push_back(codec::put(key, *project));
    for (const Row& row : view.ranges[0]) decision.edits.erase.emplace_back(row.key);
    std::uint64_t sequence = 0;
    for (MockPhone phone : made) {
      phone.sequence = ++sequence;
      decision.edits.put.push_back(codec::put(keys::mock_phone(p, phone.number), phone));
    }
    decision.value = std::move(*project);
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace portcullis::changes
