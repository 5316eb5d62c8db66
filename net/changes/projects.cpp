#include "net/changes/projects.hpp"

#include <utility>

#include "storage/codec.hpp"
#include "storage/keys.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {
constexpr std::size_t root_key_bytes = 32;
}

Project new_project(std::string id, ProjectSettings settings, Time now, const crypto::Sealer& sealer, Random& random) {
  Project project;
  project.id = std::move(id);
  project.created_at = project.updated_at = now;
  project.settings = std::move(settings);
  std::string root_key = random.bytes(root_key_bytes);
  project.sealed_root_key = sealer.seal(root_key, keys::project(project.id));
  wipe(root_key);
  return project;
}

Change<Project> create_project(Project made) {
  storage::Reads reads{{keys::meta(), keys::project(made.id)}, {}};
  auto decide = [made = std::move(made), names = reads.keys](const View& view) -> result<Decision<Project>> {
    if (view.values[1]) return errc::project_already_exists;
    codec::Meta meta;
    if (view.values[0]) {
      const result<codec::Meta> stored = codec::meta(Row{names[0], *view.values[0]});
      if (!stored) return stored.error();
      meta = *stored;
    }
    Decision<Project> decision;
    decision.value = made;
    decision.value.number = ProjectNo{meta.next_project++};
    decision.edits.put.push_back(codec::put(names[0], meta));
    decision.edits.put.push_back(codec::put(names[1], decision.value));
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<Project> update_project(std::string project_id, Time now, std::function<result<void>(ProjectSettings&)> edit) {
  return edit_project(std::move(project_id), now,
                      [edit = std::move(edit)](Project& project) { return edit(project.settings); });
}

Change<Project> edit_project(std::string project_id, Time now, std::function<result<void>(Project&)> edit) {
  storage::Reads reads{{keys::project(project_id)}, {}};
  auto decide = [now, edit = std::move(edit), key = reads.keys[0]](const View& view) -> result<Decision<Project>> {
    if (!view.values[0]) return errc::project_not_found;
    result<Project> project = codec::project(Row{key, *view.values[0]});
    if (!project) return project.error();
    const result<void> edited = edit(*project);
    if (!edited) return edited.error();
    project->updated_at = now;
    Decision<Project> decision;
    decision.edits.put.push_back(codec::put(key, *project));
    decision.value = std::move(*project);
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

Change<bool> remove_project(std::string project_id, ProjectNo number, Time now) {
  storage::Reads reads{{keys::project(project_id)}, {}};
  auto decide = [number, now, key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    if (!view.values[0]) return errc::project_not_found;
    const result<Project> project = codec::project(Row{key, *view.values[0]});
    if (!project) return project.error();
    if (project->number != number) return errc::project_not_found;
    const codec::RemovedProject removed{number, project->id, now};
    Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(key);
    decision.edits.put.push_back(codec::put(keys::removed_project(number), removed));
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace portcullis::changes
