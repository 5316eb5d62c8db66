// Mock phone numbers of a project: no message is sent to them, their code is always the same. Source:
// docs/contract/project.md 6.

#include <algorithm>

#include "net/actions/commit.hpp"
#include "net/actions/mock_phones.hpp"
#include "net/api/lists/short_lists.hpp"
#include "net/api/project/answers.hpp"
#include "net/api/routes.hpp"
#include "net/api/support.hpp"
#include "net/changes/mock_phones.hpp"
#include "net/pipeline/endpoint.hpp"
#include "net/pipeline/viewer.hpp"
#include "net/wire/models/mock_phones.hpp"
#include "storage/mock_phones.hpp"

namespace portcullis::api {
namespace {

using http::Method;
namespace r = rules;

struct OnePhone {
  std::string number;

  static Inputs params() { return inputs<OnePhone>({required("number", r::phone_in_path, &OnePhone::number)}); }
};
struct PhoneWithCode {
  std::string number;
  Secret code;

  static InputsOf<PhoneWithCode> of(const Rule<std::string>& number) {
    using In = PhoneWithCode;
    return inputs<In>({required("number", number, &In::number), required("otp", r::six_digits, &In::code)});
  }
};
struct AllPhones {
  std::vector<PhoneWithCode> numbers;

  /// Objects of a number and its code.
  static Inputs params() {
    auto read = [](const json::Value& value, const RuleContext& context, void* in) {
      constexpr std::size_t most = 10;
      const json::Array* const all = value.array();
      if (all == nullptr || all->size() > most) return false;
      for (const json::Value& each : *all) {
        const json::Value* const phone = each.object() ? json::find(*each.object(), "phone") : nullptr;
        const json::Value* const code = each.object() ? json::find(*each.object(), "otp") : nullptr;
        PhoneWithCode made;
        if (phone == nullptr || !r::phone.read(*phone, context, made.number)) return false;
        if (code == nullptr || !r::six_digits.read(*code, context, made.code)) return false;
        static_cast<AllPhones*>(in)->numbers.push_back(std::move(made));
      }
      return true;
    };
    return inputs<AllPhones>(
        {Param{.name = "numbers",
               .required = true,
               .words = "a list of at most 10 objects, each of a `phone` in E.164 form and an `otp` of six digits",
               .schema = R"({"type":"array","maxItems":10,"items":{"type":"object"}})",
               .read = std::move(read)}});
  }
};

result<Answer> answer_phone(const Services& svc, const Call& call, const MockPhone& phone) {
  const result<Secret> code = open_mock_code(svc, call.project(), phone);
  if (!code) return code.error();
  Answer answer;
  answer.body = models::mock_phone({phone, code->view()}, viewer_of(call));
  return answer;
}

awaitable<result<Answer>> create_mock_phone(Services& svc, const Call& call, const PhoneWithCode& input) {
  MockPhone made{input.number, call.now, call.now, seal_mock_code(svc, call.project(), input.number, input.code)};
  auto make = [p = call.project(), made = std::move(made)] { return changes::create_mock_phone(p, made); };
  const result<MockPhone> stored = co_await commit<MockPhone>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phone_create", "ok", {}, call.by());
  co_return answer_phone(svc, call, *stored);
}

/// They are read on the scan thread: there may be thousands.
awaitable<result<Answer>> list_mock_phones(Services& svc, const Call& call, const ListInput& input) {
  std::function<result<std::string>()> write = [&svc, p = call.project(), input,
                                                viewer = viewer_of(call)]() -> result<std::string> {
    const result<std::vector<MockPhone>> phones = svc.store.all_mock_phones_now(p);
    if (!phones) return phones.error();
    const auto page = slice_of<MockPhone>(svc, input, {}, *phones, storage::keys::mock_phones_limit);
    if (!page) return page.error();
    std::vector<Secret> codes;
    std::vector<models::MockPhoneView> shown;
    codes.reserve(page->positions.size());
    for (const std::size_t position : page->positions) {
      result<Secret> code = open_mock_code(svc, p, (*phones)[position]);
      if (!code) return code.error();
      codes.push_back(std::move(*code));
      shown.push_back({(*phones)[position], codes.back().view()});
    }
    return models::mock_phone_list(shown, page->total, viewer);
  };
  co_return co_await answer_whole(svc, call, storage::keys::mock_phones_limit, std::move(write));
}

awaitable<result<Answer>> show_mock_phone(Services& svc, const Call& call, const OnePhone& input) {
  std::string number = input.number;
  const result<std::optional<MockPhone>> phone = co_await svc.store.mock_phone(call.project(), std::move(number));
  if (!phone) co_return phone.error();
  if (!*phone) co_return error(errc::mock_number_not_found);
  co_return answer_phone(svc, call, **phone);
}

awaitable<result<Answer>> update_mock_phone(Services& svc, const Call& call, const PhoneWithCode& input) {
  auto make = [p = call.project(), number = input.number, now = call.now,
               sealed = seal_mock_code(svc, call.project(), input.number, input.code)] {
    return changes::update_mock_phone(p, number, now, sealed);
  };
  const result<MockPhone> stored = co_await commit<MockPhone>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phone_change", "ok", {}, call.by());
  co_return answer_phone(svc, call, *stored);
}

awaitable<result<Answer>> delete_mock_phone(Services& svc, const Call& call, const OnePhone& input) {
  auto make = [p = call.project(), number = input.number] { return changes::delete_mock_phone(p, number); };
  const result<bool> deleted = co_await commit<bool>(svc.store.engine(), std::move(make));
  if (!deleted) co_return deleted.error();
  log_security(svc, call, "mock_phone_delete", "ok", {}, call.by());
  co_return Answer{};
}

/// The old way: all numbers at once.
awaitable<result<Answer>> set_mock_phones(Services& svc, const Call& call, const AllPhones& input) {
  std::vector<MockPhone> made;
  for (const PhoneWithCode& each : input.numbers) {
    const auto is_same = [&](const MockPhone& phone) { return phone.number == each.number; };
    if (std::any_of(made.begin(), made.end(), is_same)) co_return error(errc::general_bad_request);
    made.push_back(MockPhone{each.number, {}, {}, seal_mock_code(svc, call.project(), each.number, each.code)});
  }
  auto make = [p = call.project(), id = call.live_project->project.id, now = call.now, made = std::move(made)] {
    return changes::replace_mock_phones(p, id, now, made);
  };
  const result<Project> stored = co_await commit<Project>(svc.store.engine(), std::move(make));
  if (!stored) co_return stored.error();
  log_security(svc, call, "mock_phones_set", "ok", {}, call.by());
  co_return co_await answer_project(svc, call, *stored);
}

}  // namespace

std::vector<Route> project_phone_rows() {
  constexpr std::string_view all = "/v1/project/mock-phones";
  constexpr std::string_view one = "/v1/project/mock-phones/:number";
  std::vector<Route> routes{
      {.method = Method::post,
       .path = all,
       .name = "projectCreateMockPhone",
       .scopes = {"mocks.write"},
       .answers = {201, "MockNumber"},
       .handler = operation<create_mock_phone>(PhoneWithCode::of(r::phone))},
      {.path = all,
       .name = "projectListMockPhones",
       .scopes = {"mocks.read"},
       .answers = {200, "MockNumberList"},
       .handler = operation<list_mock_phones>(short_list_inputs())},
      {.path = one,
       .name = "projectGetMockPhone",
       .scopes = {"mocks.read"},
       .answers = {200, "MockNumber"},
       .handler = operation<show_mock_phone>()},
      {.method = Method::put,
       .path = one,
       .name = "projectUpdateMockPhone",
       .scopes = {"mocks.write"},
       .answers = {200, "MockNumber"},
       .handler = operation<update_mock_phone>(PhoneWithCode::of(r::phone_in_path))},
      {.method = Method::del,
       .path = one,
       .name = "projectDeleteMockPhone",
       .scopes = {"mocks.write"},
       .answers = {204},
       .handler = operation<delete_mock_phone>()},
      {.method = Method::patch,
       .path = "/v1/projects/:projectId/auth/mock-numbers",
       .name = "projectsUpdateMockNumbers",
       .scopes = {"projects.write"},
       .answers = {200, "Project"},
       .handler = operation<set_mock_phones>()},
  };
  return of_service(Service::project, std::move(routes));
}

}  // namespace portcullis::api
