#include "net/commands/signup_code.hpp"

#include "core/json/writer.hpp"
#include "net/actions/commit.hpp"
#include "net/actions/signup_code.hpp"
#include "net/changes/signup_code.hpp"
#include "net/commands/arguments.hpp"

namespace portcullis::commands {

awaitable<Outcome> make_signup_code(Job job) {
  Services& services = job.services;
  Arguments arguments(std::move(job.arguments));
  using changes::FormerCode;
  const FormerCode former = arguments.flag("keep") ? FormerCode::stays : FormerCode::is_replaced;
  if (arguments.wrong()) co_return arguments.refusal();
  const Secret code = new_signup_code(services.random);
  auto make = [console = services.projects.find(console_id)->number(), hash = signup_code_hash(code.view()), former] {
    return changes::put_signup_code(console, hash, former);
  };
  const result<bool> made = co_await commit<bool>(services.store.engine(), std::move(make));
  if (!made && made.error().code == errc::user_console_count_exceeded)
    co_return refused(made.error(), "the console has users; portcullis admin create makes administrators");
  if (!made) co_return refused(made.error());
  if (*made) log_security(services, "signup_code", console_id, "", "made");
  std::string body;
  json::Writer out(body);
  out.begin_object();
  if (*made) out.field("code", code.view());
  out.end_object();
  co_return answered(std::move(body));
}

}  // namespace portcullis::commands
