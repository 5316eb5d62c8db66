#include "net/changes/projects.hpp"

#include <utility>

#include "net/changes/web_hosts.hpp"
#include "storage/codec.hpp"
#include "storage/format.hpp"
#include "storage/platforms.hpp"
#include "storage/projects.hpp"

namespace portcullis::changes {

namespace codec = storage::codec;
namespace keys = storage::keys;
using storage::Decision;
using storage::Row;
using storage::View;

namespace {

constexpr std::size_t root_key_bytes = 32;
constexpr std::uint32_t moved_hosts = 100;  // the most that former versions kept in the settings

result<std::vector<Platform>> read_platforms(const std::vector<Row>& rows) {
  std::vector<Platform> platforms;
  for (const Row& row : rows) {
    result<Platform> platform = codec::read<Platform>(row);
    if (!platform) return platform.error();
    platforms.push_back(std::move(*platform));
  }
  return platforms;
}

/// Stores the project without its web hosts, which are stored as platforms; the returned value has them.
result<Decision<Project>> with_hosts(std::string key, Project project, const std::vector<Platform>& platforms,
                                     const std::vector<std::string>& ids, std::size_t most) {
  result<HostsChange> change =
      match_hosts(project.number, platforms, project.settings.web_hosts, project.updated_at, ids, most);
  if (!change) return change.error();
  project.settings.web_hosts.clear();
  Decision<Project> decision{std::move(change->edits), std::move(project)};
  decision.edits.put.push_back(codec::put(std::move(key), decision.value));
  decision.value.settings.web_hosts = web_hosts(change->platforms);
  return decision;
}

using Edit = std::function<result<void>(ProjectSettings&)>;

Change<Project> change_with_hosts(std::string project_id, ProjectNo number, Time now, Edit edit,
                                  std::vector<std::string> ids, std::size_t most) {
  storage::Reads reads{{keys::project(project_id)}, {keys::platforms(number, keys::platforms_limit + moved_hosts)}};
  auto decide = [number, now, most, edit = std::move(edit), ids = std::move(ids),
                 key = reads.keys[0]](const View& view) -> result<Decision<Project>> {
    if (!view.values[0]) return errc::project_not_found;
    result<Project> project = codec::read<Project>(Row{key, *view.values[0]});
    if (!project) return project.error();
    if (project->number != number) return errc::project_not_found;
    const result<std::vector<Platform>> platforms = read_platforms(view.ranges[0]);
    if (!platforms) return platforms.error();
    project->settings.web_hosts = web_hosts(*platforms);
    const result<void> edited = edit(project->settings);
    if (!edited) return edited.error();
    project->updated_at = now;
    return with_hosts(key, std::move(*project), *platforms, ids, most);
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace

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

Change<Project> create_project(Project made, std::vector<std::string> ids) {
  storage::Reads reads{{keys::meta(), keys::project(made.id)}, {}};
  auto decide = [made = std::move(made), ids = std::move(ids),
                 names = reads.keys](const View& view) -> result<Decision<Project>> {
    if (view.values[1]) return errc::project_already_exists;
    storage::Meta meta;
    if (view.values[0]) {
      const result<storage::Meta> stored = codec::read<storage::Meta>(Row{names[0], *view.values[0]});
      if (!stored) return stored.error();
      meta = *stored;
    }
    Project project = made;
    project.number = ProjectNo{meta.next_project++};
    result<Decision<Project>> decision = with_hosts(names[1], std::move(project), {}, ids, keys::platforms_limit);
    if (decision) decision->edits.put.push_back(codec::put(names[0], meta));
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
    result<Project> project = codec::read<Project>(Row{key, *view.values[0]});
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

Change<Project> set_project(std::string project_id, ProjectNo number, Time now, Edit edit,
                            std::vector<std::string> ids) {
  return change_with_hosts(std::move(project_id), number, now, std::move(edit), std::move(ids), keys::platforms_limit);
}

/// Exceeds the limit of platforms if need be: a start must not fail because of it.
Change<Project> move_web_hosts(const Project& stored, std::vector<std::string> ids) {
  auto edit = [hosts = stored.settings.web_hosts](ProjectSettings& settings) -> result<void> {
    settings.web_hosts.insert(settings.web_hosts.end(), hosts.begin(), hosts.end());
    return {};
  };
  return change_with_hosts(stored.id, stored.number, stored.updated_at, std::move(edit), std::move(ids),
                           keys::platforms_limit + moved_hosts);
}

Change<bool> remove_project(std::string project_id, ProjectNo number, Time now) {
  storage::Reads reads{{keys::project(project_id)}, {}};
  auto decide = [number, now, key = reads.keys[0]](const View& view) -> result<Decision<bool>> {
    if (!view.values[0]) return errc::project_not_found;
    const result<Project> project = codec::read<Project>(Row{key, *view.values[0]});
    if (!project) return project.error();
    if (project->number != number) return errc::project_not_found;
    const storage::RemovedProject removed{number, project->id, now};
    Decision<bool> decision{{}, true};
    decision.edits.erase.push_back(key);
    decision.edits.put.push_back(codec::put(keys::removed_project(number), removed));
    return decision;
  };
  return {std::move(reads), std::move(decide), true};
}

}  // namespace portcullis::changes
