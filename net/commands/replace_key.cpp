#include "net/commands/replace_key.hpp"

#include <utility>

#include "net/actions/commit.hpp"

namespace portcullis::commands {

awaitable<Outcome> replace_key(Job job, const ReplacedKey& what) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  const std::string id = arguments.required("project");
  const std::string key = arguments.required("key");
  changes::KeyChange wanted;
  wanted.name = arguments.ruled("name", rules::name);
  what.read(arguments, wanted);
  if (arguments.wrong()) co_return arguments.refusal();
  const std::shared_ptr<const LiveProject> project = services.projects.find(id);
  if (!project) co_return refused(errc::project_not_found, id);
  auto make = [p = project->number(), key, now = services.clock.now(), wanted = std::move(wanted), kind = what.kind] {
    return changes::update_key(p, key, now, wanted, kind);
  };
  const result<ApiKey> stored = co_await commit<ApiKey>(services.store.engine(), std::move(make));
  if (!stored) co_return refused(stored.error(), key);
  log_security(services, what.event, id, "", "key " + key);
  std::string body;
  json::Writer out(body);
  out.begin_object();
  what.write(out, *stored);
  out.end_object();
  co_return answered(std::move(body));
}

}  // namespace portcullis::commands
