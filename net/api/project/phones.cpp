// Mock phone numbers of a project: no message is sent to them, their code is always the same. Source:
// docs/contract/project.md 6.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/actions/mock_phones.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/answers.hpp"
#include "net/api/project/handlers.hpp"
#include "net/api/support.hpp"
#include "net/changes/mock_phones.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/projects.hpp"
#include "storage/keys.hpp"

namespace portcullis::api {
namespace {

result<Answer> answer_phone(const Services& svc, const Call& call, const MockPhone& phone) {
  const result<Secret> code = open_mock_code(svc, call.project(), phone);
  if (!code) return code.error();
  Answer answer;
  answer.body = models::mock_phone({phone, code->view()}, viewer_of(call));
  return answer;
}

}  // namespace

awaitable<result<Answer>> create_mock_phone(Services& svc, const Call& call) {
  const MockPhoneInput& input = call.input<MockPhoneInput>();
  MockPhone made{input.number, call.now, call.now, seal_mock_code(svc, call.project(), input.number, input.code)};
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_mock_phone(p, made); };
  const result<MockPhone> stored = co_await commit<MockPhone>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phone_create", "ok", {}, call.by());
  co_return answer_phone(svc, call, *stored);
}

/// They are read on the scan thread: there may be thousands.
awaitable<result<Answer>> list_mock_phones(Services& svc, const Call& call) {
  std::function<result<std::string>()> write = [&svc, p = call.project(), input = call.input<ListInput>(),
                                                viewer = viewer_of(call)]() -> result<std::string> {
    const result<std::vector<MockPhone>> phones = svc.store.all_mock_phones_now(p);
    if (!phones) return phones.error();
    const auto page = slice_of<MockPhone>(svc, input, {}, *phones, storage::keys::mock_phones_limit);
    if (!page) return page.error();
    std::vector<Secret> codes;
    std::vector<models::MockPhoneView> shown;
    codes.reserve(page->places.size());
    for (const std::size_t place : page->places) {
      result<Secret> code = open_mock_code(svc, p, (*phones)[place]);
      if (!code) return code.error();
      codes.push_back(std::move(*code));
      shown.push_back({(*phones)[place], codes.back().view()});
    }
    return models::mock_phone_list(shown, page->total, viewer);
  };
  co_return co_await answer_whole(svc, call, storage::keys::mock_phones_limit, std::move(write));
}

awaitable<result<Answer>> show_mock_phone(Services& svc, const Call& call) {
  std::string number = call.input<MockPhoneInput>().number;
  const result<std::optional<MockPhone>> phone = co_await svc.store.mock_phone(call.project(), std::move(number));
  if (!phone) co_return phone.error();
  if (!*phone) co_return error(errc::mock_number_not_found);
  co_return answer_phone(svc, call, **phone);
}

awaitable<result<Answer>> update_mock_phone(Services& svc, const Call& call) {
  const MockPhoneInput& input = call.input<MockPhoneInput>();
  auto make = [p = call.project(), number = input.number, now = call.now,
               sealed = seal_mock_code(svc, call.project(), input.number, input.code)] {
    return changes::update_mock_phone(p, number, now, sealed);
  };
  const result<MockPhone> stored = co_await commit<MockPhone>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phone_change", "ok", {}, call.by());
  co_return answer_phone(svc, call, *stored);
}

awaitable<result<Answer>> delete_mock_phone(Services& svc, const Call& call) {
  auto make = [p = call.project(), number = call.input<MockPhoneInput>().number] {
    return changes::delete_mock_phone(p, number);
  };
  const result<bool> deleted = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "mock_phone_delete", "ok", {}, call.by());
  co_return Answer{};
}

awaitable<result<Answer>> set_mock_phones(Services& svc, const Call& call) {
  std::vector<MockPhone> made;
  for (const MockPhoneInput& input : call.input<MockPhonesInput>().numbers) {
    const auto is_same = [&](const MockPhone& phone) { return phone.number == input.number; };
    if (std::any_of(made.begin(), made.end(), is_same)) co_return error(errc::general_bad_request);
    made.push_back(MockPhone{input.number, {}, {}, seal_mock_code(svc, call.project(), input.number, input.code)});
  }
  auto make = [p = call.project(), id = call.live_project->project.id, now = call.now, made = std::move(made)] {
    return changes::replace_mock_phones(p, id, now, made);
  };
  const result<Project> stored = co_await commit<Project>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phones_set", "ok", {}, call.by());
  co_return co_await answer_project(svc, call, *stored);
}

}  // namespace portcullis::api
