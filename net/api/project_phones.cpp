// Mock phone numbers of a project: no message is sent to them, their code is always the same. Contract project.md 6.

#include "net/api/project_handlers.hpp"
#include "net/api/support.hpp"
#include "net/changes/mock_phones.hpp"
#include "net/commit.hpp"
#include "net/project_models.hpp"
#include "net/short_lists.hpp"
#include "storage/keys.hpp"

namespace portcullis::api {
namespace {

std::string seal_code(const Services& svc, const Call& call, const MockPhoneInput& input) {
  return svc.sealer.seal(input.code.view(), storage::keys::mock_phone(call.project(), input.number));
}

/// Errors: record_corrupt when the code cannot be unsealed.
result<Secret> open_code(const Services& svc, const Call& call, const MockPhone& phone) {
  std::optional<Secret> code =
      svc.sealer.open(phone.sealed_code, storage::keys::mock_phone(call.project(), phone.number));
  if (!code) return errc::record_corrupt;
  return std::move(*code);
}

result<Answer> answer_phone(const Services& svc, const Call& call, const MockPhone& phone) {
  const result<Secret> code = open_code(svc, call, phone);
  if (!code) return code.error();
  Answer answer;
  answer.body = models::mock_phone({phone, code->view()}, models::viewer_of(call));
  return answer;
}

}  // namespace

awaitable<result<Answer>> create_mock_phone(Services& svc, const Call& call) {
  const MockPhoneInput& input = call.input<MockPhoneInput>();
  MockPhone made{input.number, call.now, call.now, seal_code(svc, call, input)};
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_mock_phone(p, made); };
  const result<MockPhone> stored = co_await commit<MockPhone>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phone_create", "ok", {}, call.by());
  co_return answer_phone(svc, call, *stored);
}

awaitable<result<Answer>> list_mock_phones(Services& svc, const Call& call) {
  result<std::vector<MockPhone>> phones = co_await svc.store.mock_phones(call.project());
  if (!phones) co_return phones.error();
  const auto page = slice_of<MockPhone>(svc, call.input<ListInput>(), {}, *phones, storage::keys::mock_phones_limit);
  if (!page) co_return page.error();
  *phones = picked(*phones, page->places);
  std::vector<Secret> codes;
  std::vector<models::MockPhoneView> shown;
  for (const MockPhone& phone : *phones) {
    result<Secret> code = open_code(svc, call, phone);
    if (!code) co_return code.error();
    codes.push_back(std::move(*code));
  }
  for (std::size_t i = 0; i < phones->size(); ++i) shown.push_back({(*phones)[i], codes[i].view()});
  Answer answer;
  answer.body = models::mock_phone_list(shown, page->total, models::viewer_of(call));
  co_return answer;
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
  auto make = [p = call.project(), number = input.number, now = call.now, sealed = seal_code(svc, call, input)] {
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

}  // namespace portcullis::api
